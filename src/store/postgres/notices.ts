import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import type { Notice } from '../sharing.ts'
import type { ConnectionPlan } from './connection-options.ts'
import { decodeNotice, encodeNotices } from './notice-texts.ts'

type Listener = (notice: Notice) => void

/** How long to rest before a lost connection is opened again. */
const restMs = 500

/**
 * Brings notices to the other replicas and hears theirs, with LISTEN and NOTIFY on connections of their
 * own. Where the server has no such thing, nobody hears anything, and everything works by looking.
 */
export class Notices {
  readonly #plan: ConnectionPlan
  readonly #channel: string
  /** Tells our own notices from those of others. */
  readonly #sender = randomBytes(6).toString('base64url')
  readonly #listeners = new Set<Listener>()
  readonly #waiting: Notice[] = []
  #talker: Promise<Client> | undefined
  #hearer: Promise<Client | undefined> | undefined
  #sending: Promise<void> | undefined
  #rest: NodeJS.Timeout | undefined
  #isRefused = false
  #isClosed = false

  constructor(plan: ConnectionPlan) {
    this.#plan = plan
    this.#channel = `signalbox_${plan.schema}`.slice(0, 63)
  }

  /** What is announced while another notice is on its way goes along with the next. */
  async announce(notice: Notice): Promise<void> {
    if (this.#isClosed || this.#isRefused) return
    this.#waiting.push(notice)
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
    })
    await this.#sending
  }

  async listen(listener: Listener): Promise<() => Promise<void>> {
    this.#listeners.add(listener)
    this.#hearer ??= this.#hear()
    await this.#hearer
    return async () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) await this.#stopHearing()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#listeners.clear()
    await this.#sending
    await this.#stopHearing()
    const talker = await this.#talker?.catch(() => undefined)
    this.#talker = undefined
    await talker?.end().catch(() => {})
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const notices = this.#waiting.splice(0)
      try {
        const client = await (this.#talker ??= this.#connect(() => {
          this.#talker = undefined
        }))
        for (const text of encodeNotices(this.#sender, notices)) {
          await client.query('SELECT pg_notify($1, $2)', [this.#channel, text])
        }
      } catch (error) {
        // Hints may be lost; a server without NOTIFY is not asked again.
        this.#isRefused ||= isUnsupported(error)
        this.#talker = undefined
      }
    }
  }

  async #hear(): Promise<Client | undefined> {
    try {
      const client = await this.#connect(() => this.#hearAgain())
      client.on('notification', ({ payload }) => this.#tell(payload ?? ''))
      await client.query(`LISTEN ${this.#channel}`)
      return client
    } catch (error) {
      if (!isUnsupported(error)) this.#hearAgain()
      return undefined
    }
  }

  /** The connection is lost: after a rest there is another one, as long as somebody listens. */
  #hearAgain(): void {
    this.#hearer = undefined
    if (this.#isClosed || this.#listeners.size === 0 || this.#rest !== undefined) return
    this.#rest = setTimeout(() => {
      this.#rest = undefined
      if (this.#listeners.size > 0) this.#hearer ??= this.#hear()
    }, restMs)
    this.#rest.unref()
  }

  #tell(text: string): void {
    const notice = decodeNotice(this.#sender, text)
    if (notice === undefined) return
    for (const listener of this.#listeners) listener(notice)
  }

  async #stopHearing(): Promise<void> {
    clearTimeout(this.#rest)
    this.#rest = undefined
    const hearer = this.#hearer
    this.#hearer = undefined
    const client = await hearer
    await client?.end().catch(() => {})
  }

  async #connect(onLost: () => void): Promise<Client> {
    const client = new Client(this.#plan.config)
    client.on('error', () => {})
    client.on('end', onLost)
    await client.connect()
    // Nobody waits for the disk for the sake of a hint.
    await client.query('SET synchronous_commit = off').catch(() => {})
    return client
  }
}

function isUnsupported(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === '0A000' || code === '42601' || code === '42883'
}
