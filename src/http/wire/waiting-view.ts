import type { WaitingFor } from '../../kernel/index.ts'
import { toIso } from './time.ts'

/** One thing that would let an execution go on: `text` for people, the rest for programs. */
export type WaitingForView = { readonly text: string } & (
  | Exclude<WaitingFor, { kind: 'timer' }>
  | (Omit<Extract<WaitingFor, { kind: 'timer' }>, 'at'> & { readonly at: string })
)

export function waitingForView(waiting: WaitingFor): WaitingForView {
  switch (waiting.kind) {
    case 'event':
      return { text: `the event ${waiting.event}`, ...waiting }
    case 'timer': {
      const at = toIso(waiting.at)
      const what = waiting.purpose === 'after' ? 'its timer' : 'the next try of a compensation'
      return { text: `${what} at ${at}`, kind: 'timer', at, purpose: waiting.purpose }
    }
    case 'command': {
      const attempt = waiting.attempt > 1 ? `, attempt ${waiting.attempt}` : ''
      return {
        text: `the channel ${waiting.channel} to accept ${waiting.command}${attempt}`,
        ...waiting,
      }
    }
    case 'operator':
      return { text: `a person: ${waiting.detail}`, ...waiting }
  }
}
