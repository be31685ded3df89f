import { describe } from 'vitest'
import { registerPromises } from '../contract/promises.ts'
import { claimPromises } from './contract/sharing-claims.ts'
import { sharedHistoryPromises } from './contract/sharing-histories.ts'
import { leasePromises } from './contract/sharing-leases.ts'
import { noticePromises } from './contract/sharing-notices.ts'
import { orderPromises } from './contract/sharing-order.ts'
import { reservationPromises } from './contract/sharing-reservations.ts'
import type { OpenSharedSubject, SharedPromised } from './contract/sharing-subject.ts'
import { withdrawalPromises } from './contract/sharing-withdrawals.ts'
import { writerPromises } from './contract/sharing-writers.ts'

/**
 * What every store that several processes use at once must pass beside `storeContract`: promises S6 to
 * S10 of `sharing.ts`, and S1 to S5 for writers beside each other. There are no gaps.
 */
export function sharedStoreContract(name: string, open: OpenSharedSubject): void {
  describe(`the ${name} store, shared`, () => {
    const promised: SharedPromised = registerPromises([], async (body) => {
      const subject = await open()
      try {
        await body(subject)
      } finally {
        await subject.cleanup()
      }
    })

    describe('leases', () => leasePromises(promised))
    describe('claims', () => claimPromises(promised))
    describe('order', () => orderPromises(promised))
    describe('reservations', () => reservationPromises(promised))
    describe('withdrawals', () => withdrawalPromises(promised))
    describe('notices', () => noticePromises(promised))
    describe('writers', () => writerPromises(promised))
    describe('histories', () => sharedHistoryPromises(promised, open))
  })
}
