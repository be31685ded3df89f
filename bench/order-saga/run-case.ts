import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stopStragglers } from '../measure/child.ts'
import type { BenchOptions } from '../options.ts'
import type { CaseName } from './cases/case-names.ts'
import { measurements } from './cases/measurements.ts'
import type { CaseResult } from './case-result.ts'
import type { Workplace } from './systems/system.ts'

/** Where stores and logs of a run are; the logs stay. */
export const workFolder = fileURLToPath(new URL('../.work/', import.meta.url))

/** Measures one case in an empty folder of its own, which it leaves behind without the data. */
export async function runCase(name: CaseName, options: BenchOptions): Promise<CaseResult> {
  const workplace = makeWorkplace(name, options)
  try {
    return { name, ...(await measurements[name](workplace, options)) }
  } catch (error) {
    return { kind: 'skipped', name, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    await stopStragglers()
    rmSync(workplace.data, { recursive: true, force: true })
  }
}

function makeWorkplace(name: CaseName, { profile }: BenchOptions): Workplace {
  const folder = join(workFolder, name)
  rmSync(folder, { recursive: true, force: true })
  const workplace = {
    data: join(folder, 'data'),
    logs: folder,
    profile,
    serverNodeOptions: profile ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [],
  }
  mkdirSync(workplace.data, { recursive: true })
  return workplace
}
