import { SignalboxError } from '../errors/signalbox-error.ts'
import { evolve } from '../kernel/evolve/evolve.ts'
import { limits } from '../kernel/limits.ts'
import { type Execution, isFinished } from '../kernel/model/execution.ts'
import type { Message } from '../kernel/model/message.ts'
import type { Store } from '../store/store.ts'
import type { EventAnswer, ExecutionDirectory, OperatorAct, StartRequest } from './engine.ts'
import type { FlowRegistry } from './flow-registry.ts'
import type { Outcome, Request } from './request.ts'
import type { Waiters } from './waiters.ts'

interface ExecutionDirectoryDeps {
  readonly store: Store
  readonly registry: FlowRegistry
  readonly waiters: Waiters
  /** Tells that an execution is known to be unfinished, without a read. */
  readonly isUnderWay: (id: string) => boolean
  /** Throws BUSY and STOPPING. */
  readonly submit: (request: Request) => void
  readonly newId: (now: number) => string
  readonly now: () => number
}

/** Executions as callers see them: started, told events, acted on, read. */
export function createExecutionDirectory(deps: ExecutionDirectoryDeps): ExecutionDirectory {
  const { store, registry, waiters, newId, now } = deps

  function send(request: Omit<Request, 'settle' | 'conflicts'>): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    deps.submit({ ...request, settle: resolve, conflicts: 0 })
    return promise
  }

  async function start(
    request: StartRequest,
  ): Promise<{ readonly execution: Execution; readonly created: boolean }> {
    const compiled = await registry.get(request.flow, request.version)
    const executionId = request.id ?? newId(now())
    if (!registry.acceptsStarts(request.flow)) {
      // A start that was acknowledged before gets its answer again, whatever the flow does now.
      const isThere = (await store.readExecutions([executionId])).has(executionId)
      if (!isThere) registry.assertAcceptsStarts(request.flow)
    }
    const outcome = await send({
      executionId,
      start: compiled,
      messages: (_execution, at) => [
        {
          kind: 'start-execution',
          id: executionId,
          at,
          executionId,
          ...(request.key === undefined ? {} : { key: request.key }),
          input: request.input ?? {},
          ...(request.actor === undefined ? {} : { actor: request.actor }),
          ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
        },
      ],
    })
    if (outcome.kind === 'exists') {
      if (outcome.execution.flow !== request.flow) {
        throw new SignalboxError(
          'EXECUTION_EXISTS',
          `expected an id that no execution of another flow has, found '${executionId}' of flow '${outcome.execution.flow}'`,
        )
      }
      return { execution: outcome.execution, created: false }
    }
    return { execution: decidedExecution(outcome), created: true }
  }

  async function get(id: string): Promise<Execution> {
    const execution = (await store.readExecutions([id])).get(id)
    if (execution === undefined) {
      throw new SignalboxError(
        'EXECUTION_NOT_FOUND',
        `expected the id of an execution, found '${id}'`,
      )
    }
    return execution
  }

  return {
    start,
    get,
    async waitUntilFinished(id, waitMs, signal) {
      // Listening begins before reading, so that an end in between is not missed.
      const waiting = waiters.wait(id, waitMs, signal)
      try {
        if (!deps.isUnderWay(id)) {
          const execution = await get(id)
          if (isFinished(execution)) return execution
        }
        return (await waiting.ended) ?? (await get(id))
      } finally {
        waiting.cancel()
      }
    },
    async applyEvent({ executionId, event, data, messageId }): Promise<EventAnswer> {
      const outcome = await send({
        executionId,
        ...(messageId === undefined ? {} : { inboxId: messageId }),
        messages: (_execution, at) => [
          { kind: 'apply-event', id: messageId ?? newId(at), at, event, data: data ?? null },
        ],
      })
      if (outcome.kind === 'duplicate') return outcome
      const execution = decidedExecution(outcome)
      if (outcome.kind !== 'decided' || outcome.decision.kind !== 'accepted') {
        throw new Error('expected a decision on an event')
      }
      return { answer: outcome.decision.answer, execution }
    },
    async resolveKey(flow, key) {
      await registry.get(flow)
      const id = await store.findByKey(flow, key)
      if (id === undefined) {
        throw new SignalboxError(
          'EXECUTION_NOT_FOUND',
          `expected an execution of flow '${flow}' with key '${key}', found none`,
        )
      }
      return id
    },
    async act(id, act, messageId) {
      const outcome = await send({
        executionId: id,
        ...(messageId === undefined ? {} : { inboxId: messageId }),
        messages: (_execution, at) => [messageOf(act, messageId ?? newId(at), at)],
      })
      return decidedExecution(outcome)
    },
    list: (query) => store.listExecutions(query),
    count: (filter) => store.countExecutions(filter),
    async journal(id, page) {
      const journal = await store.readJournal(id, page)
      if (journal.facts.length === 0) await get(id)
      return journal
    },
    async asOf(id, at) {
      let execution: Execution | undefined
      let after = 0
      while (after < at) {
        const limit = Math.min(at - after, limits.pageItems)
        const page = await store.readJournal(id, { after, limit })
        for (const { fact } of page.facts) execution = evolve(execution, fact)
        if (page.next === undefined || page.facts.length === 0) break
        after = page.next
      }
      return execution ?? (await get(id))
    },
  }
}

function messageOf(act: OperatorAct, id: string, at: number): Message {
  return { ...act, id, at }
}

/** The execution after an accepted decision; everything else is thrown. */
function decidedExecution(outcome: Outcome): Execution {
  if (outcome.kind === 'failed') throw outcome.error
  if (outcome.kind === 'refused') {
    throw new SignalboxError(outcome.decision.code, outcome.decision.detail)
  }
  if (outcome.kind === 'decided' && outcome.decision.kind === 'rejected') {
    throw new SignalboxError(outcome.decision.code, outcome.decision.detail)
  }
  return outcome.execution
}
