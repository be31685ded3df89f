import type { Configuration } from '../../config/configuration.ts'
import type { CompileContext } from '../../flow/compilation.ts'

/**
 * What flows may refer to in this configuration. Channels are only checked where some are
 * configured: without any, every channel that a flow names is a queue.
 */
export function compileContextOf({ channels, env, services }: Configuration): CompileContext {
  return {
    ...(channels.length === 0 ? {} : { channels: new Set(channels.map(({ name }) => name)) }),
    env,
    services,
  }
}
