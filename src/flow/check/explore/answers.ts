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
  readonly #nodesAhead = new Map<string, ReadonlySet<string>>()
  readonly #nodesByEvent = new Map<string, readonly string[]>()

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

  /**
   * Whether an answer to a command that was sent earlier can still make a difference from a node on:
   * in the node that sent it, or in another one ahead that expects it. Coming back to the sender
   * later makes none, because the command is then sent, and may be answered, anew.
   */
  matters(sender: string, node: string): boolean {
    const home = homeOf(sender)
    if (node === home) return true
    const ahead = this.#nodesAheadOf(node)
    return [...this.eventsOf(sender)].some((event) =>
      this.#nodesExpecting(event).some((id) => id !== home && ahead.has(id)),
    )
  }

  #answersAtHome(sender: string): boolean {
    const home = this.#flow.nodes.get(homeOf(sender))
    return [...this.eventsOf(sender)].some((event) => home?.on.has(event) === true)
  }

  #nodesAheadOf(node: string): ReadonlySet<string> {
    let ahead = this.#nodesAhead.get(node)
    if (ahead === undefined) {
      const { onFailure } = this.#flow
      const target = onFailure.policy === 'incident' ? undefined : onFailure.target
      const starts = target === undefined ? [node] : [node, target]
      ahead = reachableFrom(starts, (id) => targetsOf(this.#flow.nodes.get(id)))
      this.#nodesAhead.set(node, ahead)
    }
    return ahead
  }

  #nodesExpecting(event: string): readonly string[] {
    let expecting = this.#nodesByEvent.get(event)
    if (expecting === undefined) {
      const nodes = [...this.#flow.nodes.values()]
      expecting = nodes.filter(({ on }) => on.has(event)).map(({ id }) => id)
      this.#nodesByEvent.set(event, expecting)
    }
    return expecting
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

function homeOf(sender: string): string {
  return sender.slice(0, sender.indexOf('\n'))
}
