import { suggest } from '../flow/suggest.ts'
import type { Environment } from './environment.ts'
import { otherVariables, settings } from './settings.ts'

const prefix = 'SIGNALBOX_'

/** Variables that nobody reads but whose names are close to one that is read. */
export function misspeltVariables(env: Environment): readonly string[] {
  const known = [...settings.map(({ variable }) => variable), ...otherVariables].map((name) =>
    name.slice(prefix.length),
  )
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !isFromKubernetes(name))
    .map((name) => name.slice(prefix.length))
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const closest = suggest(name, known)
      return closest === undefined
        ? []
        : [`The variable ${prefix}${name} is not read. Did you mean ${prefix}${closest}?`]
    })
}

/** It sets these for every service, also for one that is named signalbox. */
function isFromKubernetes(name: string): boolean {
  return /^SIGNALBOX_(SERVICE_(HOST|PORT)|PORT_\d+_)/.test(name)
}
