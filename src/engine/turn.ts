import { SignalboxError } from '../errors/signalbox-error.ts'
import { decide } from '../kernel/decide/decide.ts'
import { limits } from '../kernel/limits.ts'
import type { Answer } from '../kernel/model/decision.ts'
import type { Execution } from '../kernel/model/execution.ts'
import type { Json } from '../kernel/model/json.ts'
import type { ExecutionWrite, PutCommand, Store, WriteResult } from '../store/store.ts'
import type { ExecutionCache } from './execution-cache.ts'
import type { FlowRegistry } from './flow-registry.ts'
import type { Log } from './log.ts'
import type { Outcome, Request } from './request.ts'
import { addDecision, createWork, type Work, writeOf } from './work.ts'

export interface TurnDeps {
  readonly store: Store
  readonly cache: ExecutionCache
  readonly registry: FlowRegistry
  readonly log: Log
  readonly now: () => number
  /** Others write the same executions, so that what is remembered may be out of date. */
  readonly isShared: boolean
  /** Whether this replica shall claim a command that it commits. */
  readonly mayClaim: (command: PutCommand) => boolean
  /** Called for each durable write, before its requests are settled. */
  readonly onCommitted: (work: Work, write: ExecutionWrite, result: WriteResult) => void
  /** Called for each write that was left out, because another writer was first. */
  readonly onConflict: () => void
  /** Says in the log that a commit failed. */
  readonly tellCommitFailed: (error: unknown) => void
  /** Called when a commit failed: it may be stored all the same, with commands and timers. */
  readonly onDoubt: (works: readonly Work[]) => void
  /** Puts requests back that met a conflict. */
  readonly requeue: (requests: readonly Request[]) => void
}

/** Conflicts in a row after which the sender is told, instead of trying for ever. */
const conflictsMax = 20
/** When it is worth asking again. */
const storeRetryMs = 1_000

/**
 * One turn of the engine: everything that has arrived is loaded together, decided one by one in the
 * order in which it came, committed together, and then answered.
 */
export async function runTurn(deps: TurnDeps, requests: readonly Request[]): Promise<void> {
  let works: ReadonlyMap<string, Work>
  const settled: { request: Request; outcome: Outcome }[] = []
  try {
    const loaded = await load(deps, requests).catch((error: unknown) => {
      deps.log.error({ err: error }, 'executions cannot be read')
      throw storeError(error)
    })
    works = decideAll(deps, requests, loaded, settled)
  } catch (error) {
    settleAll(requests, { kind: 'failed', error: asError(error) })
    return
  }
  const committing: Work[] = []
  const writes: ExecutionWrite[] = []
  const now = deps.now()
  for (const work of works.values()) {
    const write = writeOf(work, now, deps.mayClaim)
    if (write === undefined) settleWithoutWrite(deps, work, settled)
    else {
      committing.push(work)
      writes.push(write)
    }
  }
  if (writes.length > 0) await commit(deps, committing, writes)
  for (const { request, outcome } of settled) request.settle(outcome)
}

/** Without a write nobody checks the revision: what was decided on must be what is stored. */
function settleWithoutWrite(
  deps: TurnDeps,
  work: Work,
  settled: { request: Request; outcome: Outcome }[],
): void {
  if (!deps.isShared || !work.isRemembered || work.before === undefined) {
    settled.push(...work.settlements)
    return
  }
  deps.cache.forget(work.before.id)
  deps.requeue(work.settlements.map(({ request }) => request))
}

interface Loaded {
  readonly executions: ReadonlyMap<string, Execution>
  /** As the cache had them when the turn began: while others are read, it may forget them. */
  readonly remembered: ReadonlyMap<string, Execution>
  readonly answersByInboxKey: ReadonlyMap<string, Answer>
}

/** Reads what the requests need and the cache does not hold. */
async function load(deps: TurnDeps, requests: readonly Request[]): Promise<Loaded> {
  const missing = new Set<string>()
  const remembered = new Map<string, Execution>()
  const inboxRequests: Request[] = []
  for (const request of requests) {
    const isFresh = request.start !== undefined && request.mayExist !== true
    const execution = deps.cache.get(request.executionId)
    if (execution !== undefined) remembered.set(execution.id, execution)
    else if (!isFresh) missing.add(request.executionId)
    if (request.inboxId !== undefined) inboxRequests.push(request)
  }
  const executions: ReadonlyMap<string, Execution> =
    missing.size === 0 ? new Map() : await deps.store.readExecutions([...missing])
  for (const request of requests) {
    const execution = remembered.get(request.executionId) ?? executions.get(request.executionId)
    if (execution === undefined) continue
    if (deps.registry.peek(execution.flow, execution.version) === undefined) {
      await deps.registry.get(execution.flow, execution.version).catch((error: unknown) => {
        if (!isOfTheFlow(error)) throw error
        deps.log.error({ err: error, executionId: execution.id }, 'flow version cannot be loaded')
      })
    }
  }
  return { executions, remembered, answersByInboxKey: await readAnswers(deps, inboxRequests) }
}

/** A version that does not compile or is not there; anything else may be otherwise the next time. */
function isOfTheFlow(error: unknown): boolean {
  return (
    error instanceof SignalboxError &&
    (error.code === 'FLOW_INVALID' || error.code === 'FLOW_VERSION_NOT_FOUND')
  )
}

async function readAnswers(
  deps: TurnDeps,
  requests: readonly Request[],
): Promise<ReadonlyMap<string, Answer>> {
  if (requests.length === 0) return new Map()
  const answers = await deps.store.readInbox(
    requests.map(({ executionId, inboxId = '' }) => ({ executionId, messageId: inboxId })),
  )
  const answersByKey = new Map<string, Answer>()
  requests.forEach((request, index) => {
    const answer = answers[index]
    if (answer !== undefined) answersByKey.set(inboxKeyOf(request), answer as unknown as Answer)
  })
  return answersByKey
}

function inboxKeyOf({ executionId, inboxId = '' }: Request): string {
  return `${executionId}\n${inboxId}`
}

function decideAll(
  deps: TurnDeps,
  requests: readonly Request[],
  loaded: Loaded,
  settled: { request: Request; outcome: Outcome }[],
): ReadonlyMap<string, Work> {
  const works = new Map<string, Work>()
  const answersByKey = new Map(loaded.answersByInboxKey)
  for (const request of requests) {
    let work = works.get(request.executionId)
    if (work === undefined) {
      const begun = beginWork(deps, request, loaded)
      if (begun.kind === 'failed') {
        settled.push({ request, outcome: begun })
        continue
      }
      work = begun.work
      works.set(request.executionId, work)
    }
    const outcome = decideOne(deps, request, work, answersByKey)
    if (work.execution !== undefined) work.settlements.push({ request, outcome })
    else {
      // Nothing of an execution: what follows in this turn begins anew.
      works.delete(request.executionId)
      if (request.mayExist === true || outcome.kind !== 'refused')
        settled.push({ request, outcome })
      // Sent before, and not refused then, it has its first answer.
      else deps.requeue([{ ...request, mayExist: true }])
    }
  }
  return works
}

type Begun = { readonly kind: 'work'; readonly work: Work } | Extract<Outcome, { kind: 'failed' }>

function beginWork(deps: TurnDeps, request: Request, loaded: Loaded): Begun {
  const remembered = loaded.remembered.get(request.executionId)
  const execution = remembered ?? loaded.executions.get(request.executionId)
  if (execution === undefined) {
    if (request.start !== undefined) {
      return { kind: 'work', work: createWork(request.start.flow, undefined, false) }
    }
    return {
      kind: 'failed',
      error: new SignalboxError(
        'EXECUTION_NOT_FOUND',
        `expected the id of an execution, found '${request.executionId}'`,
      ),
    }
  }
  const compiled = deps.registry.peek(execution.flow, execution.version)
  if (compiled === undefined) {
    return {
      kind: 'failed',
      error: new SignalboxError(
        'EXECUTION_QUARANTINED',
        `expected version ${execution.version} of flow '${execution.flow}' for execution '${execution.id}', found that it cannot be loaded`,
      ),
    }
  }
  return { kind: 'work', work: createWork(compiled.flow, execution, remembered !== undefined) }
}

function decideOne(
  deps: TurnDeps,
  request: Request,
  work: Work,
  answersByKey: Map<string, Answer>,
): Outcome {
  if (request.start !== undefined && work.execution !== undefined) {
    return { kind: 'exists', execution: work.execution }
  }
  if (request.inboxId !== undefined && work.execution !== undefined) {
    const answer = answersByKey.get(inboxKeyOf(request))
    if (answer !== undefined) return { kind: 'duplicate', answer, execution: work.execution }
  }
  let outcome: Outcome | undefined
  if (request.reportedCommandId !== undefined) work.reportedIds.add(request.reportedCommandId)
  for (const message of request.messages(work.execution, deps.now())) {
    try {
      const decision = decide(work.flow, work.execution, message)
      if (decision.kind === 'accepted' && grewTooLarge(work, decision.execution)) {
        return { kind: 'failed', error: tooLarge(decision.execution) }
      }
      addDecision(work, decision)
      if (work.execution === undefined) {
        if (decision.kind === 'rejected') return { kind: 'refused', decision }
        throw new Error('expected an accepted start to make an execution')
      }
      outcome = { kind: 'decided', decision, execution: work.execution }
    } catch (error) {
      // A mistake in the kernel or a flow's function: only this message is lost to it, and it is told.
      deps.log.error(
        { err: error, executionId: request.executionId, message: message.kind },
        'decision failed',
      )
      return {
        kind: 'failed',
        error: new SignalboxError(
          'EXECUTION_QUARANTINED',
          `expected a decision on '${message.kind}' for execution '${request.executionId}', found: ${asError(error).message}`,
          { cause: error },
        ),
      }
    }
  }
  if (work.execution === undefined) throw new Error('expected a start to have a message')
  outcome ??= { kind: 'nothing', execution: work.execution }
  if (
    request.inboxId !== undefined &&
    outcome.kind === 'decided' &&
    outcome.decision.kind === 'accepted'
  ) {
    const { answer } = outcome.decision
    work.inbox.push({ messageId: request.inboxId, answer: answer as unknown as Json })
    answersByKey.set(inboxKeyOf(request), answer)
  }
  return outcome
}

/**
 * Measuring the whole state on every message would cost more than deciding. It is measured at each
 * sixteenth fact; one message adds at most `limits.payloadBytes`, so the overshoot is bounded.
 */
function grewTooLarge(work: Work, after: Execution): boolean {
  const before = work.execution?.revision ?? 0
  if (before >> 4 === after.revision >> 4) return false
  if (work.execution?.state === after.state) return false
  return JSON.stringify(after.state).length > limits.stateBytes
}

function tooLarge(execution: Execution): SignalboxError {
  return new SignalboxError(
    'STATE_TOO_LARGE',
    `expected the state of execution '${execution.id}' to stay below ${limits.stateBytes} bytes, found more`,
  )
}

async function commit(
  deps: TurnDeps,
  works: readonly Work[],
  writes: readonly ExecutionWrite[],
): Promise<void> {
  let results: readonly WriteResult[]
  try {
    results = await deps.store.commit(writes)
  } catch (error) {
    deps.tellCommitFailed(error)
    const failed: Outcome = { kind: 'failed', error: storeError(error) }
    for (const work of works) {
      // What is stored is not known for sure: read it again before deciding again.
      deps.cache.forget(writeId(work))
      for (const { request } of work.settlements) request.settle(failed)
    }
    deps.onDoubt(works)
    return
  }
  works.forEach((work, index) => {
    const write = writes[index]
    const result = results[index]
    if (write === undefined || result === undefined) throw new Error('expected a result per write')
    if (result.kind === 'committed') {
      deps.cache.put(write.execution)
      deps.onCommitted(work, write, result)
      for (const { request, outcome } of work.settlements) request.settle(outcome)
    } else {
      deps.cache.forget(write.execution.id)
      deps.onConflict()
      retryOrRefuse(deps, work, result)
    }
  })
}

/** Nothing of the write is stored. Another writer was first, or a unique key belongs to another. */
function retryOrRefuse(deps: TurnDeps, work: Work, result: WriteResult): void {
  const requests = work.settlements.map(({ request }) => request)
  if (result.kind === 'key-taken') {
    const error = new SignalboxError(
      'KEY_TAKEN',
      `expected a business key that no running execution of flow '${work.flow.id}' has, found '${work.execution?.key}'`,
    )
    settleAll(requests, { kind: 'failed', error })
    return
  }
  const again: Request[] = []
  for (const request of requests) {
    request.conflicts += 1
    if (request.conflicts <= conflictsMax) {
      // A start whose fresh id is there already must be looked up.
      again.push(request.start === undefined ? request : { ...request, mayExist: true })
    } else {
      request.settle({
        kind: 'failed',
        error: new SignalboxError(
          'BUSY',
          `expected to write execution '${request.executionId}' within ${conflictsMax} tries, found other writers each time`,
          { retryAfterMs: storeRetryMs },
        ),
      })
    }
  }
  deps.requeue(again)
}

function writeId(work: Work): string {
  return work.execution?.id ?? ''
}

function settleAll(requests: readonly Request[], outcome: Outcome): void {
  for (const request of requests) request.settle(outcome)
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

function storeError(error: unknown): Error {
  if (error instanceof SignalboxError) return error
  return new SignalboxError(
    'STORE_UNAVAILABLE',
    `expected the store to answer, found: ${asError(error).message}`,
    { cause: error, retryAfterMs: storeRetryMs },
  )
}
