import { extendLeases } from './channels/extend-leases.ts'
import { leaseCommands } from './channels/lease-commands.ts'
import { listChannels } from './channels/list-channels.ts'
import { reportResults } from './channels/report-results.ts'
import { getCluster } from './cluster/get-cluster.ts'
import type { HttpContext } from './context.ts'
import { getDeadLetter } from './dead-letters/get-dead-letter.ts'
import { listDeadLetters } from './dead-letters/list-dead-letters.ts'
import { removeDeadLetter } from './dead-letters/remove-dead-letter.ts'
import { removeDeadLetters } from './dead-letters/remove-dead-letters.ts'
import { resendDeadLetter } from './dead-letters/resend-dead-letter.ts'
import { resendDeadLetters } from './dead-letters/resend-dead-letters.ts'
import { diagnosticPage } from './docs/diagnostic-page.ts'
import { errorPage } from './docs/error-page.ts'
import { frontPage } from './docs/front-page.ts'
import { sendEventByKey } from './events/send-event-by-key.ts'
import { sendEventToExecution } from './events/send-event-to-execution.ts'
import { bulk } from './executions/bulk.ts'
import { cancel } from './executions/cancel.ts'
import { getExecution } from './executions/get-execution.ts'
import { getJournal } from './executions/get-journal.ts'
import { listExecutions } from './executions/list-executions.ts'
import { move } from './executions/move.ts'
import { pause } from './executions/pause.ts'
import { resume } from './executions/resume.ts'
import { retry } from './executions/retry.ts'
import { rollBack } from './executions/roll-back.ts'
import { skip } from './executions/skip.ts'
import { startExecution } from './executions/start-execution.ts'
import { changeFlow } from './flows/change-flow.ts'
import { checkFlow } from './flows/check-flow.ts'
import { getDiagram } from './flows/get-diagram.ts'
import { getDocumentation } from './flows/get-documentation.ts'
import { getFlow } from './flows/get-flow.ts'
import { getVersion } from './flows/get-version.ts'
import { listFlows } from './flows/list-flows.ts'
import { listVersions } from './flows/list-versions.ts'
import { publishFlow } from './flows/publish-flow.ts'
import { simulateFlow } from './flows/simulate-flow.ts'
import { healthLive } from './health/live.ts'
import { healthReady } from './health/ready.ts'
import { streamChanges } from './live/stream-changes.ts'
import { getMetrics } from './metrics/get-metrics.ts'
import { getOpenapi } from './openapi/get-openapi.ts'
import type { Route } from './route.ts'

/** Every route of the API, in the order in which the documentation shows them. */
export function allRoutes(context: HttpContext): readonly Route[] {
  return [
    publishFlow(context),
    checkFlow(context),
    listFlows(context),
    getFlow(context),
    changeFlow(context),
    listVersions(context),
    getVersion(context),
    getDiagram(context),
    getDocumentation(context),
    simulateFlow(context),

    startExecution(context),
    listExecutions(context),
    getExecution(context),
    getJournal(context),
    retry(context),
    skip(context),
    rollBack(context),
    cancel(context),
    pause(context),
    resume(context),
    move(context),
    bulk(context),

    sendEventToExecution(context),
    sendEventByKey(context),

    leaseCommands(context),
    reportResults(context),
    extendLeases(context),
    listChannels(context),

    listDeadLetters(context),
    getDeadLetter(context),
    resendDeadLetter(context),
    resendDeadLetters(context),
    removeDeadLetter(context),
    removeDeadLetters(context),

    streamChanges(context),

    getCluster(context),
    healthLive(context),
    healthReady(context),
    getMetrics(context),

    getOpenapi(),
    errorPage(),
    diagnosticPage(),
    frontPage(context),
  ]
}
