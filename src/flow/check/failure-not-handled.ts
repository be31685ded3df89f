import type { Node } from '../../kernel/model/node.ts'
import type { Check } from './finding.ts'
import { failureTransition } from './fixes.ts'
import { insertEntryBefore } from './insert-entry.ts'
import { failureBeside, namedOutcome } from './naming.ts'
import { nodesOf, pathOfNode, waysOut } from './ways-out.ts'

/**
 * FAILURE_NOT_HANDLED: the node expects the success of something by name (`PaymentOK`), but neither
 * its failure by name (`PaymentKO`) nor any event that says `failed` or rolls back.
 */
export const checkFailureNotHandled: Check = (flow, locate) =>
  nodesOf(flow)
    .filter((node) => !handlesSomeFailure(node))
    .flatMap((node) =>
      successesWithoutFailure(node).map(({ event, suffix }) => {
        const failure = failureBeside(event, suffix)
        const transition = failureTransition(flow)
        const path = [...pathOfNode(node.id), 'on']
        const fix =
          transition === undefined
            ? undefined
            : insertEntryBefore(
                locate,
                path,
                event,
                { key: failure, ...transition },
                `Handle \`${failure}\` (check the name that the service uses)`,
              )
        return {
          code: 'FAILURE_NOT_HANDLED',
          message: `Expected \`${node.id}\` to handle the failure beside \`${event}\`, such as \`${failure}\`, or an event with \`failed: true\`; found neither. The failure would be ignored.`,
          path: [...path, event],
          ...(fix === undefined ? {} : { fix }),
        }
      }),
    )

function handlesSomeFailure(node: Node): boolean {
  return waysOut(node).some(
    ({ by, transition }) =>
      by.kind === 'event' && (transition.failed || transition.to.kind === 'rollback'),
  )
}

function successesWithoutFailure(node: Node) {
  const named = [...node.on.keys()].flatMap((event) => {
    const outcome = namedOutcome(event)
    return outcome === undefined ? [] : [{ event, ...outcome }]
  })
  const failing = new Set(
    named.filter(({ outcome }) => outcome === 'failure').map(({ stem }) => stem),
  )
  return named.filter(({ outcome, stem }) => outcome === 'success' && !failing.has(stem))
}
