import { describe } from 'vitest'
import { type Gap, registerPromises } from '../contract/promises.ts'
import { commitPromises } from './contract/commits.ts'
import { countPromises } from './contract/counts.ts'
import { deadLetterPromises } from './contract/dead-letters.ts'
import { durabilityPromises } from './contract/durability.ts'
import { flowPromises } from './contract/flows.ts'
import { historyPromises } from './contract/histories.ts'
import { journalPromises } from './contract/journal.ts'
import { listingPromises } from './contract/listing.ts'
import { outboxPromises } from './contract/outbox.ts'
import { positionPromises } from './contract/positions.ts'
import { retentionPromises } from './contract/retention.ts'
import { searchPromises } from './contract/search.ts'
import type { OpenSubject, Promised } from './contract/subject.ts'
import { timerPromises } from './contract/timers.ts'
import { valuePromises } from './contract/values.ts'

/**
 * What every store must pass, however it is made. A new adapter proves itself with one call; what it
 * cannot promise it names as a gap, with the reason.
 */
export function storeContract(name: string, open: OpenSubject, gaps: readonly Gap[] = []): void {
  describe(`the ${name} store`, () => {
    const promised: Promised = registerPromises(gaps, async (body) => {
      const subject = await open()
      try {
        await body(subject)
      } finally {
        await subject.cleanup()
      }
    })

    describe('commits', () => commitPromises(promised))
    describe('values', () => valuePromises(promised))
    describe('journal', () => journalPromises(promised))
    describe('outbox', () => outboxPromises(promised))
    describe('timers', () => timerPromises(promised))
    describe('positions', () => positionPromises(promised))
    describe('dead letters', () => deadLetterPromises(promised))
    describe('retention', () => retentionPromises(promised))
    describe('listing', () => listingPromises(promised))
    describe('search', () => searchPromises(promised))
    describe('counts', () => countPromises(promised))
    describe('flows', () => flowPromises(promised))
    describe('durability', () => durabilityPromises(promised))
    describe('histories', () => historyPromises(promised, open))
  })
}
