/** What a customer asks for: the input of the saga. */
export interface Order {
  readonly orderId: string
  readonly customer: string
  /** The token of a card. As with real payment providers, some tokens are for trying failures. */
  readonly card: string
  readonly city: string
  readonly items: readonly OrderItem[]
  /** In cents. */
  readonly amount: number
}

export interface OrderItem {
  readonly sku: string
  readonly quantity: number
}

/** Tokens with which the payment service behaves in a way of its own. */
export const testCards = {
  /** The bank says no. */
  declined: 'card-declined',
  /** The connection to the bank breaks once; the next attempt works. */
  flaky: 'card-flaky',
  /** Charged, but the answer comes too late. */
  answersLate: 'card-answers-late',
  /** Hangs first, and is charged only when the order is being given up. */
  chargesLate: 'card-charges-late',
  /** The refund is refused twice before it works. */
  refundFailsTwice: 'card-refund-fails-twice',
} as const

/** No carrier knows this place. */
export const unknownCity = 'Atlantis'
