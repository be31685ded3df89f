/** How much goes wrong at the moment; chances are in thousandths. */
export interface Weather {
  storeFaultPermille: number
  storeDelayMaxMs: number
  requestLossPermille: number
  networkDelayMaxMs: number
  /** How often workers do something else than to answer well. */
  workerFaultPermille: number
  noticeFaultPermille: number
}

export const calm: Readonly<Weather> = {
  storeFaultPermille: 0,
  storeDelayMaxMs: 0,
  requestLossPermille: 0,
  networkDelayMaxMs: 0,
  workerFaultPermille: 0,
  noticeFaultPermille: 0,
}

const faultPermilles = [0, 5, 40] as const
const delays = [2, 10, 80, 400] as const

/** @param draw chooses a number below another one */
export function drawWeather(draw: (below: number) => number): Weather {
  const pick = (choices: readonly number[]): number => choices[draw(choices.length)] ?? 0
  return {
    storeFaultPermille: pick(faultPermilles),
    storeDelayMaxMs: pick(delays),
    requestLossPermille: pick(faultPermilles),
    networkDelayMaxMs: pick(delays),
    workerFaultPermille: pick([0, 150, 500]),
    noticeFaultPermille: pick([0, 200, 1_000]),
  }
}
