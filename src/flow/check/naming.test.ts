import { describe, expect, test } from 'vitest'
import { answersByName, failureBeside, namedOutcome, soundsReadOnly, wordsOf } from './naming.ts'

test.each([
  ['InventoryCheckOK', ['Inventory', 'Check', 'OK']],
  ['SMSSent', ['SMS', 'Sent']],
  ['order.payment-failed', ['order', 'payment', 'failed']],
  ['PAYMENT_OK', ['PAYMENT', 'OK']],
  ['v2Started', ['v', '2', 'Started']],
  ['ÜberweisungErhalten', ['Überweisung', 'Erhalten']],
  ['支付OK', ['支付', 'OK']],
])('wordsOf %s', (name, words) => {
  expect(wordsOf(name)).toEqual(words)
})

describe('namedOutcome', () => {
  test.each([
    ['PaymentOK', 'success', 'payment'],
    ['PaymentOk', 'success', 'payment'],
    ['payment.succeeded', 'success', 'payment'],
    ['InventoryCheckKO', 'failure', 'inventorycheck'],
    ['PAYMENT_REJECTED', 'failure', 'payment'],
    ['PaymentNotOK', 'failure', 'payment'],
  ])('%s is a %s of %s', (event, outcome, stem) => {
    expect(namedOutcome(event)).toMatchObject({ outcome, stem })
  })

  test.each(['Book', 'OK', 'Approved', 'Abandoned', 'PaymentOKAgain', ''])(
    '%j tells none',
    (event) => {
      expect(namedOutcome(event)).toBeUndefined()
    },
  )
})

test.each([
  ['PaymentOK', 'OK', 'PaymentKO'],
  ['payment.ok', 'ok', 'payment.ko'],
  ['PaymentSucceeded', 'Succeeded', 'PaymentFailed'],
  ['PAYMENT_DONE', 'DONE', 'PAYMENT_FAILED'],
])('failureBeside %s', (event, suffix, failure) => {
  expect(failureBeside(event, suffix)).toBe(failure)
})

test.each([
  ['CheckInventory', true],
  ['get-price', true],
  ['ProcessPayment', false],
  ['Checkout', false],
])('soundsReadOnly %s', (command, expected) => {
  expect(soundsReadOnly(command)).toBe(expected)
})

test.each([
  ['InventoryCheckOK', 'CheckInventory', true],
  ['PaymentKO', 'ProcessPayment', true],
  ['ShipmentOK', 'ProcessPayment', false],
  ['CustomerCancelled', 'ProcessPayment', false],
])('answersByName %s to %s', (event, command, expected) => {
  expect(answersByName(event, command)).toBe(expected)
})
