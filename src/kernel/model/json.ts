/** A value that survives JSON: what flows, executions, facts and messages carry as data. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** A JSON object, the shape of an execution's `state` and `input`. */
export type JsonObject = { readonly [key: string]: Json | undefined }

/** Tells whether a value is a JSON object: neither null, nor a list, nor a scalar. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
