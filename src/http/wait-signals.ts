import type { FastifyReply } from 'fastify'

/** Signals of requests that wait: aborted when the caller has gone or the server closes. */
export interface WaitSignals {
  of(reply: FastifyReply): AbortSignal
  abortAll(): void
}

export function createWaitSignals(): WaitSignals {
  const open = new Set<AbortController>()
  let closing = false
  return {
    of: (reply) => {
      const controller = new AbortController()
      if (closing) {
        controller.abort()
        return controller.signal
      }
      open.add(controller)
      reply.raw.once('close', () => {
        open.delete(controller)
        if (!reply.raw.writableFinished) controller.abort()
      })
      return controller.signal
    },
    abortAll: () => {
      closing = true
      for (const controller of open) controller.abort()
    },
  }
}
