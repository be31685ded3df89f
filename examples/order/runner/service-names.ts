/** The services of the shop, each a process of its own. */
export const serviceNames = ['inventory', 'payment', 'shipment'] as const

export type ServiceName = (typeof serviceNames)[number]
