/** There in Node, Deno and Bun, though in no web standard. */
declare const setImmediate: ((callback: () => void) => unknown) | undefined

/**
 * Calls back when what is ready in this turn of the event loop has run. Where there is no
 * `setImmediate`, a timer of zero does the same a millisecond later.
 */
export const atEndOfTurn: (callback: () => void) => unknown =
  typeof setImmediate === 'function' ? setImmediate : (callback) => setTimeout(callback, 0)
