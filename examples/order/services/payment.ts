/** The payments: charges cards, and refunds them. */
import { setTimeout as pause } from 'node:timers/promises'
import { event } from '@signalbox/client'
import { type Order, testCards } from '../order.ts'
import type { OrderCommand, Outcome } from './ledger.ts'
import { runService } from './service.ts'

const refundFailures = 2
/**
 * Longer than the saga waits for a payment. Over Kafka nothing withdraws a command, and the refund
 * waits behind it: a handler there has to end by itself.
 */
const patienceMs = 20_000

type PaymentCommand = OrderCommand & { readonly data: Order }

interface Charge {
  readonly customer: string
  readonly amount: number
}

runService('payment', ({ worker, ledger }) => {
  const charges = new Map<string, Charge>()
  /** Payments that hang until their execution is given up. */
  const hanging = new Map<string, AbortController>()

  for (const { deed, execution, what } of ledger.entries) {
    if (deed === 'done') charges.set(execution, what as Charge)
    if (deed === 'undone') charges.delete(execution)
  }

  worker
    .handle<Order>('ProcessPayment', async (command, { signal }) => {
      const { card } = command.data
      if (card === testCards.flaky && ledger.failures(command) === 0) {
        ledger.failed(command, 'the connection to the bank broke')
        throw new Error('the connection to the bank broke')
      }
      if (card === testCards.chargesLate) await untilGivenUp(command.execution, signal)
      const answer = ledger.once(command, () => charge(command))
      if (card === testCards.answersLate) await untilGivenUp(command.execution, signal)
      return answer
    })
    .handle<Order>('RefundPayment', (command) => {
      const answer = ledger.once(command, () => refund(command))
      hanging.get(command.execution)?.abort()
      return answer
    })

  function charge({ execution, data }: PaymentCommand): Outcome {
    const { orderId, customer, card, amount } = data
    if (card === testCards.declined) return refusal('the bank declined the card')
    // The refund was faster: charging now would take money that nobody gives back.
    if (ledger.has(execution, 'undone')) return refusal('the order was given up already')
    const what: Charge = { customer, amount }
    charges.set(execution, what)
    return { deed: 'done', what, answer: event('PaymentOK', { payment: `P-${orderId}` }) }
  }

  function refund(command: PaymentCommand): Outcome {
    const { execution, data } = command
    const { orderId, card } = data
    const failures = ledger.failures(command)
    if (card === testCards.refundFailsTwice && failures < refundFailures) {
      const reason = 'the bank does not answer'
      return { deed: 'failed', what: reason, answer: event('RefundFailed', { reason }) }
    }
    const answer = event('PaymentRefunded', { refund: `F-${orderId}` })
    const charged = charges.get(execution)
    charges.delete(execution)
    return charged === undefined
      ? { deed: 'nothing', answer }
      : { deed: 'undone', what: charged, answer }
  }

  async function untilGivenUp(execution: string, signal: AbortSignal): Promise<void> {
    if (ledger.has(execution, 'undone')) return
    const givenUp = new AbortController()
    hanging.set(execution, givenUp)
    const end = AbortSignal.any([signal, givenUp.signal])
    await pause(patienceMs, undefined, { signal: end }).catch(() => {})
    hanging.delete(execution)
  }
})

function refusal(reason: string): Outcome {
  return { deed: 'refused', what: reason, answer: event('PaymentKO', { reason }) }
}
