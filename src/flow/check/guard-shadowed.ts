import type { Node } from '../../kernel/model/node.ts'
import type { Transition } from '../../kernel/model/transition.ts'
import type { Check, Finding } from './finding.ts'
import {
  choicesOf,
  type Choice,
  nodesOf,
  pathOfTrigger,
  pathOfWay,
  triggerText,
  waysOfChoice,
} from './ways-out.ts'
import type { Locate } from '../compilation.ts'

/**
 * GUARD_SHADOWED: a transition that can never be taken, because one before it always is, because
 * one before it has the same guard, or because the node is surely left earlier.
 */
export const checkGuardShadowed: Check = (flow, locate) =>
  nodesOf(flow).flatMap((node) => [
    ...choicesOf(node).flatMap((choice) => shadowedInChoice(choice, locate)),
    ...shadowedTimers(node, locate),
    ...shadowedByNext(node, locate),
  ])

function shadowedInChoice(choice: Choice, locate: Locate): readonly Finding[] {
  const findings: Finding[] = []
  const guards = new Set<string>()
  let open: number | undefined
  for (const [index, way] of waysOfChoice(choice).entries()) {
    const guard = guardText(way.transition)
    const where = `transition ${index + 1} of \`${triggerText(choice.by)}\` in \`${choice.node.id}\``
    const found =
      open !== undefined
        ? `found that transition ${open + 1}, which has no guard, is always taken first`
        : guard === 'false'
          ? 'found a guard that never holds'
          : guard !== undefined && guards.has(guard)
            ? `found the same guard (${guard}) on a transition before it`
            : undefined
    if (found !== undefined) {
      findings.push({
        code: 'GUARD_SHADOWED',
        message: `Expected ${where} to be possible, ${found}.`,
        path: pathOfWay(way, locate),
      })
    }
    if (guard !== undefined) guards.add(guard)
    else open ??= index
  }
  return findings
}

/** A timer after one that surely leaves the node can never fire. */
function shadowedTimers(node: Node, locate: Locate): readonly Finding[] {
  const timers = node.after.toSorted((a, b) => a.delayMs - b.delayMs)
  const leaving = timers.find(({ transitions }) => surelyLeaves(transitions))
  if (leaving === undefined) return []
  const before = triggerText({ kind: 'timer', delayMs: leaving.delayMs })
  return timers
    .filter(({ delayMs }) => delayMs > leaving.delayMs)
    .map(({ delayMs }) => {
      const by = { kind: 'timer', delayMs } as const
      return {
        code: 'GUARD_SHADOWED',
        message: `Expected the timer \`${triggerText(by)}\` of \`${node.id}\` to be possible, found that \`${before}\` always leaves the state before.`,
        path: pathOfTrigger(node, by, locate),
      }
    })
}

/** Without an activity, `next` is tried at once, before any event or timer. */
function shadowedByNext(node: Node, locate: Locate): readonly Finding[] {
  if (node.activity !== undefined || !surelyLeaves(node.next)) return []
  return choicesOf(node).flatMap(({ by }) =>
    by.kind === 'condition'
      ? []
      : [
          {
            code: 'GUARD_SHADOWED' as const,
            message: `Expected \`${triggerText(by)}\` of \`${node.id}\` to be possible, found that \`next\` leaves the state at once.`,
            path: pathOfTrigger(node, by, locate),
          },
        ],
  )
}

function surelyLeaves(transitions: readonly Transition[]): boolean {
  const open = transitions.find((transition) => guardText(transition) === undefined)
  return (
    open !== undefined &&
    transitions.every(({ to }, index) => index > transitions.indexOf(open) || to.kind !== 'stay')
  )
}

/** The guard without needless white space; a guard that always holds counts as none. */
function guardText({ guard }: Transition): string | undefined {
  const text = guard?.source.replace(/\s+/g, ' ').trim()
  return text === 'true' ? undefined : text
}
