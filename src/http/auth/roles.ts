/** What a token may be used for. `admin` may do everything. */
export const roles = ['viewer', 'operator', 'designer', 'admin', 'worker'] as const

export type Role = (typeof roles)[number]

/** Who may use a route: anyone at all, or tokens with one of these roles (and `admin`). */
export type Access = 'anyone' | readonly Role[]

/** The groups of roles that routes name. */
export const access = {
  anyone: 'anyone',
  /** Look at flows, executions, channels, metrics. */
  read: ['viewer', 'operator', 'designer'],
  /** Look at one execution: also for the service that started it. */
  follow: ['viewer', 'operator', 'designer', 'worker'],
  /** Start executions and send events: services and people. */
  run: ['operator', 'worker'],
  /** Change the course of an execution. */
  operate: ['operator'],
  /** Stop and resume the starts of a flow. */
  switchFlow: ['operator', 'designer'],
  /** Check, simulate and publish flows. */
  design: ['designer'],
  /** Take commands and report results. */
  work: ['worker'],
} as const satisfies Record<string, Access>

/** Tells whether a token with these roles may use a route with this access. */
export function isAllowed(held: readonly Role[], needed: Access): boolean {
  if (needed === 'anyone') return true
  for (const role of held) {
    if (role === 'admin' || needed.includes(role)) return true
  }
  return false
}
