import type { Flow } from '../../../kernel/model/flow.ts'
import { answersByName } from '../naming.ts'
import { reachableFrom, targetsOf } from '../paths.ts'

/** A command that a node sends forward, by node, since two nodes may send the same one. */
export interface Sender {
  readonly node: string
  readonly command: string
}

/**
 * Which events are the answers to which commands, as far as names tell, and where they matter.
 *
 * A service answers a command once. Therefore an event that is known to be an answer can come once
 * per command sent: if it came too early, or no guard held, it does not come again. Any other event
 * can come whenever it is expected.
 */
export class Answers {
  readonly #flow: Flow
  readonly #eventsBySender = new Map<string, ReadonlySet<string>>()
  readonly #sendersByEvent = new Map<string, Set<string>>()
  readonly #eventsAhead = new Map<string, ReadonlySet<string>>()

  constructor(flow: Flow) {
    this.#flow = flow
    for (const node of flow.nodes.values()) {
      const own = [...node.on.keys()]
      for (const [purpose, template] of [
        ...(node.activity === undefined ? [] : [['activity', node.activity.send] as const]),
        ...node.also.map((template) => ['also', template] as const),
      ]) {
        const answeredHere = purpose === 'activity' && own.length > 0
        const candidates = answeredHere ? own : [...flow.eventNames]
        const events = candidates.filter((event) => answersByName(event, template.command))
        if (events.length > 0) this.#add({ node: node.id, command: template.command }, events)
      }
    }
  }

  /** The events that may answer a command; empty if names do not tell. */
  eventsOf(sender: string): ReadonlySet<string> {
    return this.#eventsBySender.get(sender) ?? new Set()
  }

  /** The senders of which the event is an answer; empty: it comes from elsewhere. */
  sendersOf(event: string): ReadonlySet<string> {
    return this.#sendersByEvent.get(event) ?? new Set()
  }

  /** Whether an event in this node can only be the answer to a command. */
  isAnswer(node: string, event: string): boolean {
    const senders = this.sendersOf(event)
    if (senders.size === 0) return false
    const { activity } = this.#flow.nodes.get(node) ?? {}
    if (activity === undefined) return true
    if (senders.has(senderKey({ node, command: activity.send.command }))) return true
    // Another node's own answer says nothing of what this node's command is answered with.
    return [...senders].some((sender) => !this.#answersAtHome(sender))
  }

  /** Whether some answer to the command is expected in the node, or after it. */
  matters(sender: string, node: string): boolean {
    const ahead = this.#eventsAheadOf(node)
    return [...this.eventsOf(sender)].some((event) => ahead.has(event))
  }

  #answersAtHome(sender: string): boolean {
    const home = this.#flow.nodes.get(sender.slice(0, sender.indexOf('\n')))
    return [...this.eventsOf(sender)].some((event) => home?.on.has(event) === true)
  }

  #eventsAheadOf(node: string): ReadonlySet<string> {
    let events = this.#eventsAhead.get(node)
    if (events === undefined) {
      const { onFailure } = this.#flow
      const starts =
        onFailure.policy !== 'incident' && onFailure.target !== undefined ? [onFailure.target] : []
      const nodes = reachableFrom([node, ...starts], (id) => targetsOf(this.#flow.nodes.get(id)))
      events = new Set([...nodes].flatMap((id) => [...(this.#flow.nodes.get(id)?.on.keys() ?? [])]))
      this.#eventsAhead.set(node, events)
    }
    return events
  }

  #add(sender: Sender, events: readonly string[]): void {
    const key = senderKey(sender)
    this.#eventsBySender.set(key, new Set(events))
    for (const event of events) {
      const senders = this.#sendersByEvent.get(event) ?? new Set()
      senders.add(key)
      this.#sendersByEvent.set(event, senders)
    }
  }
}

/** Names have no line breaks, so that the two parts stay apart. */
export function senderKey({ node, command }: Sender): string {
  return `${node}\n${command}`
}
