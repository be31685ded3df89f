import type { Fact, FactKind } from '../model/fact.ts'

/** One kind of fact. */
export type FactOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>
