import type { PromisedOf } from '../../contract/promises.ts'
import type { Json } from '../../kernel/model/json.ts'
import type { Channel } from '../channel.ts'
import type { RecordingHost } from './recording-host.ts'

/** A channel under test, started by the suite, and the other end of it. */
export interface ChannelSubject {
  readonly channel: Channel
  /** Tells the channel's time. */
  readonly now: () => number
  readonly receiver: Receiver
  readonly cleanup: () => Promise<void>
}

/** Who receives the commands: workers that lease, a server that answers. */
export interface Receiver {
  /** Waits until that many attempts have arrived, and answers them in the order of arrival. */
  take(count: number): Promise<readonly Attempt[]>
  /** What else arrives when nothing is done any more. */
  rest(): Promise<readonly Attempt[]>
}

/** An attempt to deliver a command, in the hands of the receiver. Ended once. */
export interface Attempt {
  readonly id: string
  readonly command: string
  readonly execution: string
  readonly key?: string
  readonly flow: string
  readonly data: Json
  readonly attempt: number
  accept(): Promise<void>
  answer(event: string, data: Json): Promise<void>
  fail(retryable: boolean): Promise<void>
}

export type OpenSubject = () => Promise<ChannelSubject>

/** Registers one test of the suite; it is given a fresh channel and the host that records. */
export type Promised = PromisedOf<ChannelSubject & { readonly host: RecordingHost }>
