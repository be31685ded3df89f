import type { Connection } from '../connection.ts'
import type { Command } from './command.ts'
import type { WorkerSettings } from './worker-settings.ts'

/** The routes of the server that workers use, bound to one channel and one worker. */
export interface WorkerRoutes {
  /** Waits on the server until there are commands; an empty list when there were none in time. */
  lease(max: number, signal: AbortSignal): Promise<readonly Command[]>
  /** `results` are elements of JSON text. */
  results(results: readonly string[], signal: AbortSignal): Promise<readonly ResultAnswer[]>
  extend(
    commandIds: readonly string[],
    timeoutMs: number,
  ): Promise<{ readonly lost: readonly string[] }>
}

export interface ResultAnswer {
  readonly id: string
  readonly applied: boolean
  readonly reason?: string
}

export interface WorkerRoutesOptions {
  readonly settings: WorkerSettings
  readonly commands: () => readonly string[]
}

/** What an answer may take beyond the time that the server was asked to wait. */
const answerMs = 30_000

export function createWorkerRoutes(
  connection: Connection,
  options: WorkerRoutesOptions,
): WorkerRoutes {
  const { channel, name: worker, waitMs, leaseMs } = options.settings
  const base = `/api/channels/${encodeURIComponent(channel)}`
  const workerJson = JSON.stringify(worker)
  return {
    lease: (max, signal) =>
      connection.request({
        method: 'POST',
        path: `${base}/lease`,
        body: JSON.stringify({ worker, commands: options.commands(), max, waitMs, leaseMs }),
        timeoutMs: waitMs + answerMs,
        signal,
      }),
    results: async (results, signal) => {
      const answer = await connection.request<{ results: readonly ResultAnswer[] }>({
        method: 'POST',
        path: `${base}/results`,
        body: `{"worker":${workerJson},"results":[${results.join(',')}]}`,
        timeoutMs: answerMs,
        signal,
      })
      return answer.results
    },
    extend: (commands, timeoutMs) =>
      connection.request({
        method: 'POST',
        path: `${base}/extend`,
        body: JSON.stringify({ worker, commands, leaseMs }),
        timeoutMs: Math.max(timeoutMs, 1_000),
      }),
  }
}
