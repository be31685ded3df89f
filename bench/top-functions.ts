import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printTable } from './report/table.ts'

/**
 * Prints where a `.cpuprofile` spent its time: self time per function, and per folder of `src`,
 * package, or part of Node. `node bench/top-functions.ts FILE [functions]`; see profile.md.
 */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      readonly lineNumber: number
    }
  }[]
  readonly samples: readonly number[]
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
}

const root = fileURLToPath(new URL('..', import.meta.url))
const file = process.argv[2]
const functionsShown = Number(process.argv[3] ?? 40)
if (file === undefined) {
  console.error('Expected a .cpuprofile file. Usage: node bench/top-functions.ts FILE [functions]')
  process.exit(2)
}

const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
const selfUsByNode = sumSelfTimes(profile)
const byFunction = new Map<string, number>()
const byPlace = new Map<string, number>()
let totalUs = 0
let idleUs = 0

for (const { id, callFrame } of profile.nodes) {
  const selfUs = selfUsByNode.get(id) ?? 0
  totalUs += selfUs
  if (callFrame.functionName === '(idle)') idleUs += selfUs
  else {
    const path = readablePath(callFrame.url)
    const name = callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName
    const where = path === '' ? '' : ` ${path}:${callFrame.lineNumber + 1}`
    add(byFunction, `${name}${where}`, selfUs)
    add(byPlace, place(name, path), selfUs)
  }
}

const busyUs = totalUs - idleUs
console.log(`${seconds(totalUs)} profiled, ${seconds(busyUs)} busy. Shares are of the busy time.\n`)
show('place', byPlace, 30)
show('function', byFunction, functionsShown)

function sumSelfTimes({ samples, timeDeltas }: CpuProfile): ReadonlyMap<number, number> {
  const selfUs = new Map<number, number>()
  samples.forEach((id, at) => {
    // A delta is the time that passed before its sample, so the next one belongs to this sample.
    selfUs.set(id, (selfUs.get(id) ?? 0) + (timeDeltas[at + 1] ?? 0))
  })
  return selfUs
}

function readablePath(url: string): string {
  return url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url
}

/** `src/store/sqlite`, `fastify`, `node:http`, `(garbage collector)`, `(native)`. */
function place(functionName: string, path: string): string {
  if (path === '') return functionName.startsWith('(') ? functionName : '(native)'
  if (path.startsWith('node:')) return path.split('/').slice(0, 2).join('/')
  const inPackages = path.lastIndexOf('node_modules/')
  if (inPackages < 0) return path.split('/').slice(0, -1).slice(0, 3).join('/')
  const parts = path.slice(inPackages + 'node_modules/'.length).split('/')
  return parts.slice(0, parts[0]?.startsWith('@') === true ? 2 : 1).join('/')
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value)
}

function show(what: string, sums: ReadonlyMap<string, number>, rowsMax: number): void {
  const rows = [...sums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, rowsMax)
    .map(([name, us]) => [`${((100 * us) / busyUs).toFixed(1)} %`, seconds(us), name])
  printTable(['self', 'time', what], rows, ['right', 'right', 'left'])
  console.log()
}

function seconds(us: number): string {
  return `${(us / 1e6).toFixed(2)} s`
}
