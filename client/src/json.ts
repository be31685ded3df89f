/** A value that survives JSON. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** A JSON object: the shape of an execution's `input` and `state`. */
export type JsonObject = { readonly [key: string]: Json | undefined }

/**
 * What the library turns into JSON for you. Wider than `Json`, so that values of your own interfaces
 * fit; what JSON cannot hold (functions, cycles, bigints) is refused when it is sent.
 */
export type JsonInput = object | string | number | boolean | null
