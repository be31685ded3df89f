import { parseArgs } from 'node:util'

import {
  type CaseName,
  caseNames,
  defaultCases,
  furtherCases,
} from './order-saga/cases/case-names.ts'

export interface BenchOptions {
  readonly seconds: number
  readonly warmUpSeconds: number
  /** How long one saga at a time is measured. */
  readonly aloneSeconds: number
  readonly inFlight: number
  /** Sagas that are in the store before a `full` case begins, and at which growth ends. */
  readonly finishedSagas: number
  readonly cases: readonly CaseName[]
  /** Takes a CPU profile of the servers that are Node processes. */
  readonly profile: boolean
}

const usage = `Measures the order saga on Signalbox, on bare servers, and on others' engines.

Usage: npm run bench -- [options]

  --cases A,B     which ones; \`all\` for every one
  --seconds N     of each measurement (default 30)
  --quick         5 seconds each, 100,000 finished sagas: to see that it works, not to quote
  --in-flight N   orders at a time (default 64)
  --finished N    sagas in the store of the full cases, and where growth ends (default 1000000)
  --profile       take a CPU profile of the server; see bench/profile.md
  --help

Measured by default, in a quarter of an hour:
  ${defaultCases.join(', ')}
Measured when named:
  ${furtherCases.join(', ')}`

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
      cases: { type: 'string' },
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
    cases: chosenCases(values.cases),
    profile: values.profile,
  }
}

function chosenCases(named: string | undefined): readonly CaseName[] {
  if (named === undefined) return defaultCases
  if (named === 'all') return caseNames
  return named.split(',').map((name) => {
    const known = caseNames.find((one) => one === name)
    if (known !== undefined) return known
    throw new Error(`Expected --cases to name ${caseNames.join(', ')}, found ${name}.`)
  })
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`Expected --${name} to be a whole number above 0, found ${text}.`)
}
