/** The payments: charges cards, and refunds them. */
import { setTimeout as pause } from 'node:timers/promises'
import { event } from '@signalbox/client'
import { type Order, testCards } from '../order.ts'
import type { OrderCommand, Outcome } from './ledger.ts'
import { runService } from './service.ts'

const refundFailures = 2
/** Longer than the saga waits for a payment. */
const patienceMs = 60_000

interface Charge {
  readonly customer: string
  readonly amount: number
}

runService('payment', ({ worker, ledger }) => {
  const charges = new Map<string, Charge>()
  /** Payments that hang until their order is given up. */
  const hanging = new Map<string, AbortController>()

  for (const { deed, order, what } of ledger.entries) {
    if (deed === 'done') charges.set(order, what as Charge)
    if (deed === 'undone') charges.delete(order)
  }

  worker
    .handle<Order>('ProcessPayment', async (command, { signal }) => {
      const { orderId, card } = command.data
      if (card === testCards.flaky && ledger.failures(orderId, command.command) === 0) {
        ledger.failed(command, 'the connection to the bank broke')
        throw new Error('the connection to the bank broke')
      }
      if (card === testCards.chargesLate) await untilGivenUp(orderId, signal)
      const answer = ledger.once(command, () => charge(command.data))
      if (card === testCards.answersLate) await untilGivenUp(orderId, signal)
      return answer
    })
    .handle<Order>('RefundPayment', (command) => {
      const answer = ledger.once(command, () => refund(command))
      hanging.get(command.data.orderId)?.abort()
      return answer
    })

  function charge({ orderId, customer, card, amount }: Order): Outcome {
    if (card === testCards.declined) return refusal('the bank declined the card')
    // The refund was faster: charging now would take money that nobody gives back.
    if (ledger.has(orderId, 'undone')) return refusal('the order was given up already')
    const what: Charge = { customer, amount }
    charges.set(orderId, what)
    return { deed: 'done', what, answer: event('PaymentOK', { payment: `P-${orderId}` }) }
  }

  function refund({ command, data }: OrderCommand & { readonly data: Order }): Outcome {
    const { orderId, card } = data
    const failures = ledger.failures(orderId, command)
    if (card === testCards.refundFailsTwice && failures < refundFailures) {
      const reason = 'the bank does not answer'
      return { deed: 'failed', what: reason, answer: event('RefundFailed', { reason }) }
    }
    const answer = event('PaymentRefunded', { refund: `F-${orderId}` })
    const charged = charges.get(orderId)
    charges.delete(orderId)
    return charged === undefined
      ? { deed: 'nothing', answer }
      : { deed: 'undone', what: charged, answer }
  }

  async function untilGivenUp(orderId: string, signal: AbortSignal): Promise<void> {
    if (ledger.has(orderId, 'undone')) return
    const givenUp = new AbortController()
    hanging.set(orderId, givenUp)
    const end = AbortSignal.any([signal, givenUp.signal])
    await pause(patienceMs, undefined, { signal: end }).catch(() => {})
    hanging.delete(orderId)
  }
})

function refusal(reason: string): Outcome {
  return { deed: 'refused', what: reason, answer: event('PaymentKO', { reason }) }
}
