import { describe } from 'vitest'
import { type Gap, registerPromises } from '../contract/promises.ts'
import { boundPromises } from './contract/bounds.ts'
import { deliveryPromises } from './contract/delivery.ts'
import { historyPromises } from './contract/histories.ts'
import { orderPromises } from './contract/order.ts'
import { createRecordingHost } from './contract/recording-host.ts'
import { stopPromises } from './contract/stop.ts'
import type { OpenSubject, Promised } from './contract/subject.ts'
import { withdrawalPromises } from './contract/withdrawal.ts'

/**
 * What every channel must pass, however it brings commands out. A new adapter proves itself with one
 * call; what it cannot promise it names as a gap, with the reason.
 */
export function channelContract(name: string, open: OpenSubject, gaps: readonly Gap[] = []): void {
  describe(`the ${name} channel`, () => {
    const promised: Promised = registerPromises(gaps, async (body) => {
      const subject = await open()
      const host = createRecordingHost(subject.channel, subject.now)
      await subject.channel.start(host)
      try {
        await body({ ...subject, host })
      } finally {
        await subject.cleanup()
      }
    })

    describe('delivery (C1, C3)', () => deliveryPromises(promised))
    describe('order (C2)', () => orderPromises(promised))
    describe('withdrawal (C4)', () => withdrawalPromises(promised))
    describe('bounds (C5)', () => boundPromises(promised))
    describe('stop', () => stopPromises(promised))
    describe('histories', () => historyPromises(promised, open))
  })
}
