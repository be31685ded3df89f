import type { Replica } from '../../store/sharing.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { toIso } from '../wire/time.ts'

/** `GET /api/cluster` */
export function getCluster(context: HttpContext): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/cluster',
    tag: 'operations',
    summary: 'Show the replicas',
    description:
      'Every replica whose lease has not ended, which of them answers, and the channels that do not work here. A store of its own (SQLite, memory) has no replicas.',
    access: access.read,
    answers: { 200: { description: 'The replicas.', schema: clusterSchema } },
    errors: [],
    handle: async () => {
      const { engine, store, version, isDraining } = context
      const { cluster, stopping, conflicts } = engine.stats()
      const replicas = await findReplicas(context, cluster?.replicas ?? [])
      return {
        store: store.name,
        version,
        shared: cluster !== undefined,
        lease: cluster === undefined ? 'none' : cluster.hasLease ? 'held' : 'lost',
        stopping: stopping || isDraining(),
        conflicts,
        ...(cluster === undefined ? {} : { replica: cluster.replica }),
        replicas: replicas.map(({ id, name, joinedAt, leaseUntil, leaseMs }) => ({
          id,
          name,
          joinedAt: toIso(joinedAt),
          leaseUntil: toIso(leaseUntil),
          leaseMs,
          answers: id === cluster?.replica,
        })),
        channels: engine.channels().map(({ name, type, held, trouble }) => ({
          name,
          type,
          held,
          ...(trouble === undefined
            ? {}
            : { trouble: { since: toIso(trouble.since), detail: trouble.detail } }),
        })),
      }
    },
  })
}

/** As they are now; as they were at the last look when the store does not answer. */
async function findReplicas(
  { store, log }: HttpContext,
  known: readonly Replica[],
): Promise<readonly Replica[]> {
  try {
    return (await store.sharing?.replicas()) ?? known
  } catch (error) {
    log.warn({ err: error }, 'replicas cannot be read')
    return known
  }
}

/** Since when a channel does not work, and why. */
export const troubleSchema = closedObject({ since: field.time, detail: { type: 'string' } }, [
  'since',
  'detail',
])

const clusterSchema = closedObject(
  {
    store: { enum: ['memory', 'sqlite', 'postgres'] },
    version: { type: 'string' },
    shared: { type: 'boolean' },
    lease: {
      enum: ['held', 'lost', 'none'],
      description:
        'lost: it could not be prolonged in time; nothing new is handed out until it is. none: not needed.',
    },
    stopping: { type: 'boolean' },
    conflicts: { type: 'integer', description: 'Writes decided anew since this process began.' },
    replica: { type: 'string', description: 'The id of the one that answers.' },
    replicas: {
      type: 'array',
      items: closedObject(
        {
          id: { type: 'string' },
          name: { type: 'string' },
          joinedAt: field.time,
          leaseUntil: field.time,
          leaseMs: { type: 'integer' },
          answers: { type: 'boolean', description: 'This one.' },
        },
        ['id', 'name', 'joinedAt', 'leaseUntil', 'leaseMs', 'answers'],
      ),
    },
    channels: {
      type: 'array',
      items: closedObject(
        {
          name: { type: 'string' },
          type: { type: 'string' },
          held: { type: 'integer' },
          trouble: troubleSchema,
        },
        ['name', 'type', 'held'],
      ),
    },
  },
  ['store', 'version', 'shared', 'lease', 'stopping', 'conflicts', 'replicas', 'channels'],
)
