import { stdout } from 'node:process'

const tickMs = 1_000

/**
 * Says on one line what is being done, how long it has taken, and how it ended. Without a terminal the
 * line is printed once, at the end.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @param {(value: T) => boolean} succeeded
 * @returns {Promise<T>}
 */
export async function withProgress(title, work, succeeded) {
  const startedAt = Date.now()
  const label = `${title} `.padEnd(28, '.')
  const redraw = () => stdout.write(`\r${label} ${seconds(startedAt)}`)
  const ticker = stdout.isTTY ? setInterval(redraw, tickMs) : undefined
  if (ticker) redraw()
  try {
    const value = await work()
    finish(label, succeeded(value) ? 'ok' : 'FAILED', startedAt)
    return value
  } catch (error) {
    finish(label, 'FAILED', startedAt)
    throw error
  } finally {
    clearInterval(ticker)
  }
}

/**
 * @param {string} label
 * @param {string} outcome
 * @param {number} startedAt
 */
function finish(label, outcome, startedAt) {
  stdout.write(`${stdout.isTTY ? '\r\u001B[K' : ''}${label} ${outcome} (${seconds(startedAt)})\n`)
}

/** @param {number} startedAt */
function seconds(startedAt) {
  return `${((Date.now() - startedAt) / 1_000).toFixed(1)} s`
}
