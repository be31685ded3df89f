import type { BenchOptions } from '../../options.ts'
import type { Measurement } from '../case-result.ts'
import { startBareServer } from '../systems/bare-server.ts'
import type { ChannelKind } from '../systems/channel-services.ts'
import { startDbos } from '../systems/dbos.ts'
import { startRestate } from '../systems/restate.ts'
import { startSignalbox } from '../systems/signalbox.ts'
import { startStore, type StoreKind } from '../systems/store-server.ts'
import type { SystemUnderTest, Workplace } from '../systems/system.ts'
import { startTemporal } from '../systems/temporal.ts'
import type { CaseName } from './case-names.ts'
import { fillStore } from './fill-store.ts'
import { measureCeiling } from './measure-ceiling.ts'
import { measureGrowth } from './measure-growth.ts'
import { measureSystem } from './measure-system.ts'

type Measure = (workplace: Workplace, options: BenchOptions) => Promise<Measurement>

/** How each case is measured. */
export const measurements: Readonly<Record<CaseName, Measure>> = {
  'bare-ceiling': ceiling('bare/bare-ceiling.ts', 'sqlite'),
  'bare-ceiling-postgres': ceiling('bare/bare-ceiling.ts', 'postgres'),
  'store-ceiling': ceiling('store-ceiling.ts', 'sqlite'),
  'store-ceiling-postgres': ceiling('store-ceiling.ts', 'postgres'),

  'bare-server': bare('sqlite', 'queue'),
  'bare-server-postgres': bare('postgres', 'queue'),
  'bare-kafka': bare('postgres', 'kafka'),
  'bare-kafka-sqlite': bare('sqlite', 'kafka'),

  signalbox: signalbox('sqlite', 'queue'),
  'signalbox-full': signalbox('sqlite', 'queue', { full: true }),
  'signalbox-postgres': signalbox('postgres', 'queue'),
  'signalbox-postgres-2': signalbox('postgres', 'queue', { replicas: 2 }),
  'signalbox-postgres-4': signalbox('postgres', 'queue', { replicas: 4 }),
  'signalbox-postgres-full': signalbox('postgres', 'queue', { full: true }),
  'signalbox-kafka': signalbox('postgres', 'kafka'),
  'signalbox-kafka-2': signalbox('postgres', 'kafka', { replicas: 2 }),
  'signalbox-kafka-sqlite': signalbox('sqlite', 'kafka'),

  'dbos-steps': system((workplace) => startDbos('steps', workplace)),
  'dbos-queues': system((workplace) => startDbos('queues', workplace)),
  temporal: system((workplace) => startTemporal('sqlite', workplace)),
  'temporal-postgres': system((workplace) => startTemporal('postgres', workplace)),
  'restate-steps': system((workplace) => startRestate('steps', workplace)),
  'restate-calls': system((workplace) => startRestate('calls', workplace)),

  'growth-sqlite': (workplace, options) => measureGrowth('sqlite', workplace, options),
  'growth-postgres': (workplace, options) => measureGrowth('postgres', workplace, options),
}

function system(
  start: (workplace: Workplace, options: BenchOptions) => Promise<SystemUnderTest>,
): Measure {
  return async (workplace, options) =>
    await measureSystem(await start(workplace, options), workplace, options)
}

function bare(store: StoreKind, channel: ChannelKind): Measure {
  return system((workplace) => startBareServer(workplace, store, channel))
}

function signalbox(
  kind: StoreKind,
  channel: ChannelKind,
  { replicas = 1, full = false }: { readonly replicas?: number; readonly full?: boolean } = {},
): Measure {
  return system(async (workplace, options) => {
    const store = await startStore(kind, workplace)
    if (full) {
      await fillStore(store, { from: 0, upTo: options.finishedSagas }, workplace)
      await store.settle()
    }
    return await startSignalbox(workplace, { store, channel, replicas })
  })
}

function ceiling(file: string, store: StoreKind): Measure {
  return (workplace, options) => measureCeiling(file, store, workplace, options)
}
