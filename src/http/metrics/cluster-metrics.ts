import type { Registry } from 'prom-client'
import type { Engine } from '../../engine/engine.ts'
import { addCounter, addGauge } from './gauge.ts'

/** This replica among the others, and whether its channels work. */
export function reportCluster(registry: Registry, engine: Engine, claimed: () => number): void {
  addGauge(
    registry,
    { name: 'replicas', help: 'Replicas whose lease had not ended at the last look.' },
    (metric) => {
      const { cluster } = engine.stats()
      if (cluster !== undefined) metric.set(cluster.replicas.length)
    },
  )
  addGauge(
    registry,
    { name: 'lease_held', help: 'Whether this replica holds its lease: 1 or 0.' },
    (metric) => {
      const { cluster } = engine.stats()
      if (cluster !== undefined) metric.set(cluster.hasLease ? 1 : 0)
    },
  )
  addCounter(
    registry,
    {
      name: 'conflicts',
      help: 'Changes that were decided anew, because another replica had written first.',
    },
    (metric) => metric.inc(engine.stats().conflicts),
  )
  addCounter(
    registry,
    { name: 'commands_claimed', help: 'Commands that this replica claimed.' },
    (metric) => metric.inc(claimed()),
  )
  addGauge(
    registry,
    {
      name: 'channel_up',
      help: 'Whether a channel works, as far as is known: 1 or 0.',
      labelNames: ['channel', 'type'],
    },
    (metric) => {
      for (const { name, type, trouble } of engine.channels()) {
        metric.set({ channel: name, type }, trouble === undefined ? 1 : 0)
      }
    },
  )
  addGauge(
    registry,
    {
      name: 'turn_running_seconds',
      help: 'For how long the turn that is running has been running; 0: none is.',
    },
    (metric) => {
      const { turnSince } = engine.stats()
      metric.set(turnSince === undefined ? 0 : Math.max(0, Date.now() - turnSince) / 1_000)
    },
  )
}
