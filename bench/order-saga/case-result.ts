import type { DiskProbe } from '../measure/disk-probe.ts'
import type { CaseName } from './cases/case-names.ts'
import type { CeilingReport } from './ceiling.ts'
import type { GrowthReport } from './growth/growth-report.ts'
import type { LoadMeasurement } from './measure-load.ts'

/** What came of one case; each is a line of the results file. */
export type CaseResult =
  | LoadCase
  | CeilingCase
  | GrowthCase
  | { readonly kind: 'skipped'; readonly name: CaseName; readonly reason: string }

/** What measuring gives, before it has the case's name. */
export type Measurement = LoadFigures | CeilingFigures | GrowthFigures

export interface LoadFigures {
  readonly kind: 'load'
  readonly load: LoadMeasurement
  /** The same system with one saga at a time. */
  readonly alone: LoadMeasurement
  /** As the store says after the end; absent where it cannot be asked. */
  readonly completedInStore?: number
}

export interface CeilingFigures {
  readonly kind: 'ceiling'
  /** By sagas that advance together. */
  readonly groups: readonly { readonly group: number; readonly report: CeilingReport }[]
  readonly diskBefore: DiskProbe
  readonly diskAfter: DiskProbe
}

export interface GrowthFigures {
  readonly kind: 'growth'
  /** By executions in the store. */
  readonly sizes: readonly GrowthReport[]
  readonly diskBefore: DiskProbe
  readonly diskAfter: DiskProbe
}

interface Named {
  readonly name: CaseName
}
export type LoadCase = Named & LoadFigures
export type CeilingCase = Named & CeilingFigures
export type GrowthCase = Named & GrowthFigures
