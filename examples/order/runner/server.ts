import { join } from 'node:path'
import { type Child, startChild } from './child-process.ts'

export interface Server {
  readonly url: string
  readonly child: Child
}

export interface ServerOptions {
  readonly flowFolder: string
  readonly flags: readonly string[]
  /** Variables of the environment, beside our own. */
  readonly env?: Readonly<Record<string, string>>
  readonly logFolder: string
  /** Ends the server while it starts. */
  readonly signal: AbortSignal
}

const program = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts')
const stepMs = 50
const usageError = 'exit code 2'
const graceMs = 15_000

/** Starts Signalbox; fulfilled when it is ready. Throws an `Error` that ends with its last words. */
export async function startServer(options: ServerOptions): Promise<Server> {
  let onUrl: (url: string) => void = () => {}
  const address = new Promise<string>((resolve) => {
    onUrl = resolve
  })
  const child = startChild({
    program,
    args: ['start', '--json', '--flows', options.flowFolder, ...options.flags],
    logFile: join(options.logFolder, 'server.log'),
    ...(options.env === undefined ? {} : { env: options.env }),
    onLine: (line) => {
      const url = urlOf(line)
      if (url !== undefined) onUrl(url)
    },
  })
  const endEarly = (): void => child.kill('SIGTERM')
  options.signal.addEventListener('abort', endEarly)
  const died = child.ended.then((how): never => {
    const words = child.lastLines().map((line) => `  ${errorText(line) ?? line}`)
    const hint = how === usageError ? ['`npm start -- --help` lists the flags.'] : []
    throw new Error([`Signalbox did not start (${how}):`, ...words, ...hint].join('\n'))
  })
  const url = await Promise.race([address, died])
  await Promise.race([untilReady(url), died])
  options.signal.removeEventListener('abort', endEarly)
  died.catch(() => {})
  return { url, child }
}

/** With --json the server says where it listens, in one line. */
function urlOf(line: string): string | undefined {
  if (!line.includes('"url"')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || !('url' in value)) return undefined
    return 'pid' in value && typeof value.url === 'string' ? value.url : undefined
  } catch {
    return undefined
  }
}

/** With --json the server also says in one line why it cannot start. */
function errorText(line: string): string | undefined {
  const detail = field(line, 'detail')
  if (detail === undefined) return undefined
  const code = field(line, 'code')
  return code === undefined ? detail : `${detail}\n  What to do: docs/errors/${code}.md`
}

function field(line: string, name: string): string | undefined {
  const value = new RegExp(`"${name}":"((?:[^"\\\\]|\\\\.)*)"`).exec(line)?.[1]
  return value?.replaceAll('\\"', '"')
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/health/ready`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok === true) return
    await new Promise((resolve) => {
      setTimeout(resolve, stepMs)
    })
  }
}

/** Lets the server end what is under way; ends it for good if that takes too long. */
export async function stopServer({ child }: Server): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await child.ended
  clearTimeout(timer)
}

/** What to tell people when the server has died of itself. */
export function describeDeath(how: string, server: Server, logFolder: string): string {
  // Whoever is killed has no last words; the lines before tell of something else.
  const words = how === 'SIGKILL' ? [] : server.child.lastLines().slice(-5)
  return [
    `Signalbox has died (${how}). Nothing that it acknowledged is lost: start again, and orders go on.`,
    `Its log is ${join(logFolder, 'server.log')}${words.length === 0 ? '.' : '; its last words:'}`,
    ...words.map((line) => `  ${line}`),
  ].join('\n')
}
