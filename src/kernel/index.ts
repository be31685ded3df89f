export { decide } from './decide/decide.ts'
export { expectations, type Expectation } from './decide/expectation.ts'
export { evolve, replay } from './evolve/evolve.ts'
export { limits } from './limits.ts'
export type { Answer, Decision, RejectionCode } from './model/decision.ts'
export { type Effect, parkedAt, type SendCommand } from './model/effect.ts'
export {
  type Execution,
  finalStatuses,
  type FinalStatus,
  isFinished,
  type PendingCommand,
  type Status,
} from './model/execution.ts'
export type { Fact, FactKind } from './model/fact.ts'
export type { Flow } from './model/flow.ts'
export type { Json, JsonObject } from './model/json.ts'
export type { Message, MessageKind } from './model/message.ts'
export { expectedEvents, type WaitingFor, waitingFor } from './waiting-for.ts'
