/**
 * What is measured. The cases of a plain `npm run bench` are those that the goals need; together they
 * stay below a quarter of an hour.
 */
export const defaultCases = [
  'bare-server',
  'signalbox',
  'bare-server-postgres',
  'signalbox-postgres',
  'signalbox-postgres-2',
  'bare-kafka',
  'signalbox-kafka',
  'dbos-steps',
  'temporal-postgres',
  'restate-steps',
] as const

/** By name, or with `all`: they take long, or add detail. */
export const furtherCases = [
  'bare-ceiling',
  'bare-ceiling-postgres',
  'store-ceiling',
  'store-ceiling-postgres',
  'signalbox-full',
  'signalbox-postgres-4',
  'signalbox-postgres-full',
  'bare-kafka-sqlite',
  'signalbox-kafka-sqlite',
  'signalbox-kafka-2',
  'dbos-queues',
  'temporal',
  'restate-calls',
  'growth-sqlite',
  'growth-postgres',
] as const

export const caseNames = [...defaultCases, ...furtherCases]
export type CaseName = (typeof caseNames)[number]
