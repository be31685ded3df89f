import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { forkChild } from '../measure/child.ts'
import { probeDisk } from '../measure/disk-probe.ts'
import type { BenchOptions, CaseName } from '../options.ts'
import type { CaseResult } from './case-result.ts'
import type { CeilingReport } from './ceiling.ts'
import { measureLoad } from './measure-load.ts'
import { startBareServer } from './systems/bare-server.ts'
import { installRestate, startRestate } from './systems/restate.ts'
import { startSignalbox, storeFile } from './systems/signalbox.ts'
import type { SystemUnderTest, Workplace } from './systems/system.ts'

const fillFile = fileURLToPath(new URL('fill.ts', import.meta.url))
/** Where stores and logs of a run are; the logs stay. */
export const workFolder = fileURLToPath(new URL('../.work/', import.meta.url))

/** Measures one case in an empty folder of its own, which it leaves behind without the data. */
export async function runCase(name: CaseName, options: BenchOptions): Promise<CaseResult> {
  const workplace = makeWorkplace(name, options)
  try {
    switch (name) {
      case 'bare-ceiling':
        return await measureCeiling(name, 'bare/bare-ceiling.ts', workplace, options)
      case 'store-ceiling':
        return await measureCeiling(name, 'store-ceiling.ts', workplace, options)
      case 'bare-server':
        return await measureSystem(name, startBareServer(workplace), workplace, options)
      case 'signalbox':
        return await measureSystem(name, startSignalbox(workplace), workplace, options)
      case 'signalbox-full':
        await fillStore(workplace, options.finishedSagas)
        return await measureSystem(name, startSignalbox(workplace), workplace, options)
      case 'restate-steps':
        installRestate()
        return await measureSystem(name, startRestate('steps', workplace), workplace, options)
      case 'restate-calls':
        installRestate()
        return await measureSystem(name, startRestate('calls', workplace), workplace, options)
    }
  } catch (error) {
    return { kind: 'skipped', name, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    rmSync(workplace.data, { recursive: true, force: true })
  }
}

function makeWorkplace(name: CaseName, { profile }: BenchOptions): Workplace {
  const folder = join(workFolder, name)
  rmSync(folder, { recursive: true, force: true })
  const workplace = {
    data: join(folder, 'data'),
    logs: folder,
    serverNodeOptions: profile ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [],
  }
  mkdirSync(workplace.data, { recursive: true })
  return workplace
}

async function measureSystem(
  name: CaseName,
  starting: Promise<SystemUnderTest>,
  { logs }: Workplace,
  options: BenchOptions,
): Promise<CaseResult> {
  const system = await starting
  const warmUpMs = options.warmUpSeconds * 1_000
  let stopping: ReturnType<SystemUnderTest['stop']> | undefined
  const stop = () => (stopping ??= system.stop())
  try {
    const measureMs = options.seconds * 1_000
    const slots = options.inFlight
    const load = await measureLoad(system, { slots, warmUpMs, measureMs, run: 'load', logs })
    const alone = await measureLoad(system, {
      slots: 1,
      warmUpMs: 1_000,
      measureMs: options.aloneSeconds * 1_000,
      run: 'alone',
      logs,
    })
    const { completedInStore } = await stop()
    const completed = load.completedEver + alone.completedEver
    if (completedInStore !== undefined && completedInStore !== completed) {
      throw new Error(
        `Expected ${completed} completed sagas in the store, found ${completedInStore}.`,
      )
    }
    return {
      kind: 'load',
      name,
      load,
      alone,
      ...(completedInStore !== undefined && { completedInStore }),
    }
  } finally {
    await stop()
  }
}

async function measureCeiling(
  name: CaseName,
  file: string,
  workplace: Workplace,
  options: BenchOptions,
): Promise<CaseResult> {
  const diskBefore = probeDisk(workplace.data)
  const groups = []
  for (const group of [options.inFlight, 512]) {
    const child = forkChild(fileURLToPath(new URL(file, import.meta.url)), {
      name: `ceiling-${group}`,
      logs: workplace.logs,
      arguments: [
        join(workplace.data, `${group}.db`),
        String(group),
        String((options.seconds * 1_000) / 2),
      ],
      nodeOptions: workplace.serverNodeOptions,
    })
    groups.push({ group, report: await child.message<CeilingReport>('ceiling') })
    await child.stop()
  }
  return { kind: 'ceiling', name, groups, diskBefore, diskAfter: probeDisk(workplace.data) }
}

async function fillStore({ data, logs }: Workplace, sagas: number): Promise<void> {
  console.log(
    `  filling the store with ${sagas.toLocaleString('en')} sagas, some minutes a million`,
  )
  const filler = forkChild(fillFile, {
    name: 'fill',
    logs,
    arguments: [join(data, storeFile), String(sagas)],
  })
  await filler.message('filled')
  await filler.stop()
}
