import type { Role } from './roles.ts'

/** One static API token; the token itself is known to its bearer only. */
export interface ApiToken {
  /** Recorded as the actor of what is done with it. */
  readonly name: string
  /** SHA-256 of the token, in hex: `hashToken`. */
  readonly sha256: string
  readonly roles: readonly Role[]
}

/** How the callers of the API are told apart. */
export type Authentication =
  /** Everybody may do everything; only on a loopback address. */
  | {
      readonly mode: 'off'
      /** Names besides the loopback ones that requests may be addressed to. */
      readonly allowedHosts?: readonly string[]
    }
  | { readonly mode: 'tokens'; readonly tokens: readonly ApiToken[] }

/** Who a request comes from. */
export interface Identity {
  readonly actor: string
  readonly roles: readonly Role[]
}
