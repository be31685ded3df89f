import type { ExecutionView } from '../http/wire/execution-view.ts'
import type { FactView } from '../http/wire/fact-view.ts'
import { type ApiClient, apiPath } from './api/client.ts'
import { followExecution } from './api/follow.ts'
import { factOfView } from './api/journal.ts'
import { type CommandContext, printJson, printLine, say } from './context.ts'
import { createProgress } from './progress.ts'
import { createTimeline } from './render/timeline.ts'
import { timelineOptions } from './timeline-options.ts'

/** Prints the journal as it grows until `isEnd`; JSON lines of facts with `json`. */
export async function followTimeline(
  context: CommandContext,
  client: ApiClient,
  options: {
    readonly id: string
    readonly json: boolean
    readonly isEnd: (fact: FactView) => boolean
  },
): Promise<void> {
  const { id, json, isEnd } = options
  const timeline = createTimeline({ ...timelineOptions(context), fold: false })
  const progress = createProgress(context.terminal.talk)
  const signal = context.interruption()
  let lost = false
  try {
    await followExecution(client, {
      id,
      signal,
      isEnd,
      onFacts: (facts) => {
        lost = false
        progress.clear()
        if (json) for (const fact of facts) printJson(context, fact)
        else {
          const lines = timeline.render(facts.map(factOfView))
          if (lines.length > 0) printLine(context, lines.join('\n'))
        }
      },
      onIdle: async () => {
        if (!context.terminal.talk.isTerminal) return
        const execution = await client.call<ExecutionView>(apiPath('executions', id), { signal })
        const waits = execution.waitingFor.map(({ text }) => text)
        progress.show(waits.length === 0 ? execution.status : `waiting for ${waits.join(', or ')}`)
      },
      onLost: (error) => {
        progress.clear()
        if (!lost) say(context, `${error.detail}; trying again`)
        lost = true
      },
    })
  } finally {
    progress.clear()
  }
}
