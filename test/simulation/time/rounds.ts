/** Rounds of the event loop after each thing that happened. */
const roundsEach = 3

/**
 * Lets what has just happened have its consequences: everything in a simulated world follows from
 * resolved promises and from immediates, never from a file or a socket. How many rounds it is makes no
 * difference to whether a run can be repeated, for there is nothing in them that could come sooner or
 * later; three let a turn of the engine begin before time goes on.
 */
export async function letThingsSettle(): Promise<void> {
  for (let round = 0; round < roundsEach; round += 1) await nextRound()
}

function nextRound(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  return promise
}
