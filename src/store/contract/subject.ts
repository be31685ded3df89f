import type { PromisedOf } from '../../contract/promises.ts'
import type { Store } from '../store.ts'

/** A store under test, empty and of its own. */
export interface StoreSubject {
  readonly store: Store
  /** Closes the store and opens it again as a process does that starts anew. */
  readonly reopen?: () => Promise<Store>
  /**
   * From now on the `n`-th row that the store writes is refused, and every one after it in the same
   * transaction; answers the way to end it.
   */
  readonly refuseNthRow?: (n: number) => Promise<{ end(): Promise<void> }>
  readonly cleanup: () => Promise<void>
}

export type OpenSubject = () => Promise<StoreSubject>

/** Registers one test of the suite; it is given a fresh store. */
export type Promised = PromisedOf<StoreSubject>
