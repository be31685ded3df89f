import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { event } from '@signalbox/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLedger, readLedger } from './ledger.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-ledger-'))
  path = join(folder, 'deep', 'payment.jsonl')
})

afterEach(() => rmSync(folder, { recursive: true }))

const command = {
  id: 'e1:2',
  command: 'ProcessPayment',
  execution: 'e1',
  attempt: 1,
  data: { orderId: 'o1' },
}
const charged = { deed: 'done', what: { amount: 5 }, answer: event('PaymentOK') } as const

test('a command that comes again gets the first answer, also after a restart', () => {
  expect(openLedger(path).once(command, () => charged)).toEqual({ event: 'PaymentOK' })
  const again = openLedger(path)
  const never = (): never => {
    throw new Error('expected not to be asked')
  }
  expect(again.once(command, never)).toEqual({ event: 'PaymentOK' })
  expect(readLedger(path).map(({ deed }) => deed)).toEqual(['done', 'repeated'])
  expect(again.has('e1', 'done')).toBe(true)
  expect(again.has('e1', 'undone')).toBe(false)
})

test('an answer of nothing is an answer', () => {
  const ledger = openLedger(path)
  let acts = 0
  const act = () => {
    acts += 1
    return { deed: 'undone' } as const
  }
  expect(ledger.once(command, act)).toBeUndefined()
  expect(ledger.once(command, act)).toBeUndefined()
  expect(acts).toBe(1)
})

test('a failed attempt leaves the command without an answer', () => {
  openLedger(path).failed(command, 'broke')
  const ledger = openLedger(path)
  expect(ledger.failures(command)).toBe(1)
  expect(ledger.once(command, () => charged)).toEqual({ event: 'PaymentOK' })
})

test('an undo that finds nothing closes the order', () => {
  const ledger = openLedger(path)
  ledger.once({ ...command, id: 'e1:3', command: 'RefundPayment' }, () => ({ deed: 'nothing' }))
  expect(ledger.has('e1', 'undone')).toBe(true)
})

test('a line that was being written when the process died does not count', () => {
  openLedger(path).once(command, () => charged)
  appendFileSync(path, '{"commandId":"e1:9","deed":"do')
  expect(readLedger(path)).toHaveLength(1)
  openLedger(path).once({ ...command, id: 'e1:4' }, () => charged)
  expect(readLedger(path).map(({ commandId }) => commandId)).toEqual(['e1:2', 'e1:4'])
})
