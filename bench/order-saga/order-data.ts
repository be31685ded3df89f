/** What a customer ordered: the input of one saga, about 300 bytes of JSON. */
export interface OrderInput {
  readonly orderId: string
  readonly customer: string
  readonly address: { readonly street: string; readonly city: string; readonly country: string }
  readonly items: readonly {
    readonly sku: string
    readonly quantity: number
    readonly priceCents: number
  }[]
  readonly totalCents: number
  readonly currency: string
}

const cities = ['Milano', 'Wien', 'Lyon', 'Porto', 'Gent', 'Aarhus', 'Brno', 'Graz']

/** The n-th order of a run: the same figures each time, so that every system gets the same work. */
export function makeOrder(run: string, n: number): OrderInput {
  const first = { sku: `sku-${n % 997}`, quantity: 1 + (n % 3), priceCents: 990 + (n % 70) * 10 }
  const second = { sku: `sku-${n % 499}`, quantity: 1, priceCents: 2_490 + (n % 30) * 10 }
  return {
    orderId: `${run}-${n}`,
    customer: `customer-${n % 10_007}`,
    address: {
      street: `Via ${(n * 7) % 400}`,
      city: cities[n % cities.length] ?? 'Milano',
      country: 'IT',
    },
    items: [first, second],
    totalCents: first.quantity * first.priceCents + second.priceCents,
    currency: 'EUR',
  }
}

/** The event with which a service answers a command. */
export interface ServiceAnswer {
  readonly event: string
  readonly data: { readonly [key: string]: string }
}

/** The three services. They do nothing but answer: the bench measures what is between them. */
export const services: Readonly<Record<string, (orderId: string) => ServiceAnswer>> = {
  CheckInventory: (orderId) => ({
    event: 'InventoryCheckOK',
    data: { reservationId: `reservation-${orderId}` },
  }),
  ProcessPayment: (orderId) => ({
    event: 'PaymentOK',
    data: { paymentId: `payment-${orderId}` },
  }),
  ArrangeShipment: (orderId) => ({
    event: 'ShipmentOK',
    data: { trackingId: `tracking-${orderId}` },
  }),
}
