import { parseArgs } from 'node:util'

/** What is measured; the names of `--only`. */
export const caseNames = [
  'bare-ceiling',
  'store-ceiling',
  'bare-server',
  'signalbox',
  'signalbox-full',
  'restate-steps',
  'restate-calls',
] as const
export type CaseName = (typeof caseNames)[number]

export interface BenchOptions {
  readonly seconds: number
  readonly warmUpSeconds: number
  /** How long one saga at a time is measured. */
  readonly aloneSeconds: number
  readonly inFlight: number
  /** Sagas that are in the store before `signalbox-full` begins. */
  readonly finishedSagas: number
  readonly cases: readonly CaseName[]
  /** Takes a CPU profile of the servers that are Node processes. */
  readonly profile: boolean
}

const usage = `Measures the order saga on Signalbox, on a bare server, and on Restate.

Usage: npm run bench -- [options]

  --seconds N     of each measurement (default 30)
  --quick         5 seconds each, 100,000 finished sagas: to see that it works, not to quote
  --only A,B      of ${caseNames.join(', ')}
  --in-flight N   orders at a time (default 64)
  --finished N    sagas in the store of signalbox-full (default 1000000)
  --profile       take a CPU profile of the server; see bench/profile.md
  --help`

/** Reads the command line; ends the process on --help and on mistakes. */
export function readOptions(commandLine: readonly string[]): BenchOptions {
  try {
    return parse(commandLine)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exit(2)
  }
}

function parse(commandLine: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      'in-flight': { type: 'string', default: '64' },
      finished: { type: 'string' },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const { quick } = values
  return {
    seconds: wholeNumber('seconds', values.seconds ?? (quick ? '5' : '30')),
    warmUpSeconds: quick ? 3 : 8,
    aloneSeconds: quick ? 3 : 10,
    inFlight: wholeNumber('in-flight', values['in-flight']),
    finishedSagas: wholeNumber('finished', values.finished ?? (quick ? '100000' : '1000000')),
    cases: chosenCases(values.only),
    profile: values.profile,
  }
}

function chosenCases(only: string | undefined): readonly CaseName[] {
  if (only === undefined) return caseNames
  const wanted = only.split(',')
  const unknown = wanted.find((name) => !caseNames.some((known) => known === name))
  if (unknown !== undefined) {
    throw new Error(`Expected --only to name ${caseNames.join(', ')}, found ${unknown}.`)
  }
  return caseNames.filter((name) => wanted.includes(name))
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`Expected --${name} to be a whole number above 0, found ${text}.`)
}
