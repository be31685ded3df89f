import { SignalboxError } from '../errors/signalbox-error.ts'
import type { Origin } from './configuration.ts'
import type { Environment } from './environment.ts'
import { describeOrigin } from './problem.ts'
import { resolveReferences } from './references.ts'

/** Where the commands find a Signalbox, and how they prove who they are. */
export interface ClientSettings {
  readonly url: URL
  readonly urlOrigin: Origin
  readonly token?: string
}

export const defaultUrl = 'http://127.0.0.1:7700'

/** Reads `--url`, `SIGNALBOX_URL`, `--token`, `SIGNALBOX_TOKEN`. Throws CONFIG_INVALID. */
export function loadClientSettings(options: {
  readonly env: Environment
  readonly url?: string
  readonly token?: string
  readonly cwd: string
}): ClientSettings {
  const url = pick(options.url, '--url', options.env, 'SIGNALBOX_URL', options.cwd)
  const token = pick(options.token, '--token', options.env, 'SIGNALBOX_TOKEN', options.cwd)
  const text = url?.text ?? defaultUrl
  const urlOrigin: Origin = url?.origin ?? { kind: 'default' }
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new SignalboxError(
      'CONFIG_INVALID',
      `${describeOrigin(urlOrigin)}: expected a URL such as ${defaultUrl}, found ${JSON.stringify(text)}`,
    )
  }
  return {
    url: new URL(text),
    urlOrigin,
    ...(token === undefined ? {} : { token: token.text }),
  }
}

function pick(
  given: string | undefined,
  flag: string,
  env: Environment,
  variable: string,
  cwd: string,
): { readonly text: string; readonly origin: Origin } | undefined {
  const text = given ?? env[variable]
  if (text === undefined || text === '') return undefined
  const origin: Origin =
    given === undefined ? { kind: 'variable', name: variable } : { kind: 'flag', name: flag }
  const { value, failures } = resolveReferences(text, env, cwd)
  const [failure] = failures
  if (failure !== undefined) {
    throw new SignalboxError('CONFIG_INVALID', `${describeOrigin(origin)}: ${failure.message}`)
  }
  return { text: String(value), origin }
}
