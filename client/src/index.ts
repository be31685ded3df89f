/** The library of Signalbox for services: handle commands, start executions, send events. */
export { createWorker, type StopOptions, type Worker } from './worker/worker.ts'
export type { StopReport } from './worker/stop-report.ts'
export type { WorkerOptions } from './worker/worker-options.ts'
export {
  type Command,
  event,
  type Handler,
  type HandlerContext,
  type HandlerEvent,
  type HandlerResult,
} from './worker/command.ts'
export { RetryLater, TerminalError } from './worker/failures.ts'

export { type Client, type ClientOptions, createClient, type WaitOptions } from './api/client.ts'
export {
  type Compensation,
  type Execution,
  type ExecutionSummary,
  type Fact,
  finalStatuses,
  hasEnded,
  type Incident,
  type Status,
  type WaitingFor,
} from './api/execution.ts'
export { newExecutionId } from './api/execution-id.ts'
export type {
  Act,
  Diagnostic,
  EventAnswer,
  EventMessage,
  EventTarget,
  ExecutionQuery,
  FlowSummary,
  MoveAct,
  Page,
  PublishedFlow,
  RetryAct,
  RollBackAct,
  StartRequest,
} from './api/requests.ts'

export type { ConnectionOptions } from './connection-options.ts'
export type { Json, JsonInput, JsonObject } from './json.ts'
export type { Log } from './log.ts'
export {
  type ErrorCode,
  type LocalErrorCode,
  SignalboxClientError,
} from './signalbox-client-error.ts'
export type { ServerErrorCode } from './server-error-codes.ts'
