import type { Flow } from '../../kernel/model/flow.ts'
import type { Locate } from '../compilation.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { checkCompensationGap } from './compensation-gap.ts'
import { checkDeadEnd } from './dead-end.ts'
import { checkEndlessLoop } from './endless-loop.ts'
import { checkFailureNotHandled } from './failure-not-handled.ts'
import { checkFinalWithWaysOut } from './final-with-ways-out.ts'
import { type Check, toDiagnostics } from './finding.ts'
import { checkGuardShadowed } from './guard-shadowed.ts'
import { checkNoWayToFinal } from './no-way-to-final.ts'
import { checkNodeUnreachable } from './node-unreachable.ts'
import { checkTimerMissing } from './timer-missing.ts'
import { checkUndoDataInCycle } from './undo-data-in-cycle.ts'
import { checkUndoUnused } from './undo-unused.ts'

const checks: readonly Check[] = [
  checkNodeUnreachable,
  checkDeadEnd,
  checkNoWayToFinal,
  checkFinalWithWaysOut,
  checkTimerMissing,
  checkFailureNotHandled,
  checkEndlessLoop,
  checkGuardShadowed,
  checkCompensationGap,
  checkUndoUnused,
  checkUndoDataInCycle,
]

/** Checks the compiled graph of a flow; what it finds stands in the order of the text. */
export function checkGraph(flow: Flow, locate: Locate, file?: string): readonly Diagnostic[] {
  const findings = checks.flatMap((check) => check(flow, locate))
  return toDiagnostics(findings, locate, file)
}
