import type { DiskProbe } from '../measure/disk-probe.ts'
import type { CaseName } from '../options.ts'
import type { CeilingReport } from './ceiling.ts'
import type { LoadMeasurement } from './measure-load.ts'

/** What came of one case; each is a line of the results file. */
export type CaseResult =
  | LoadCase
  | CeilingCase
  | { readonly kind: 'skipped'; readonly name: CaseName; readonly reason: string }

export interface LoadCase {
  readonly kind: 'load'
  readonly name: CaseName
  readonly load: LoadMeasurement
  /** The same system with one saga at a time. */
  readonly alone: LoadMeasurement
  /** As the store says after the end; absent where it cannot be asked. */
  readonly completedInStore?: number
}

export interface CeilingCase {
  readonly kind: 'ceiling'
  readonly name: CaseName
  /** By sagas that advance together. */
  readonly groups: readonly { readonly group: number; readonly report: CeilingReport }[]
  readonly diskBefore: DiskProbe
  readonly diskAfter: DiskProbe
}
