/** Upper bounds of the buckets, in seconds. */
const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]

type Labels = Readonly<Record<string, string>>

/** Counts of one set of labels: adding to it is a few machine instructions. */
export interface Series {
  observe(value: number): void
}

/**
 * A histogram whose series are made once and then observed without looking labels up, because it
 * stands in the path of every request. prom-client's own hashes the labels at every observation.
 */
export interface FastHistogram {
  series(labels: Labels): Series
  /** In the text format of Prometheus. */
  text(): string
}

interface HistogramOptions {
  readonly name: string
  readonly help: string
  readonly bounds?: readonly number[]
}

export function createFastHistogram(options: HistogramOptions): FastHistogram {
  const { name, help, bounds = durationBounds } = options
  const texts: (() => string)[] = []
  return {
    series: (labels) => {
      // The last bucket is for what exceeds every bound.
      const counts = new Float64Array(bounds.length + 1)
      let sum = 0
      texts.push(() => seriesText(name, labels, bounds, counts, sum))
      return {
        observe: (value) => {
          let index = 0
          while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1
          counts[index] = (counts[index] ?? 0) + 1
          sum += value
        },
      }
    },
    text: () =>
      `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${texts.map((text) => text()).join('')}`,
  }
}

function seriesText(
  name: string,
  labels: Labels,
  bounds: readonly number[],
  counts: Float64Array,
  sum: number,
): string {
  let below = 0
  let text = ''
  counts.forEach((count, index) => {
    below += count
    const le = String(bounds[index] ?? '+Inf')
    text += `${name}_bucket${labelText({ ...labels, le })} ${below}\n`
  })
  return `${text}${name}_sum${labelText(labels)} ${sum}\n${name}_count${labelText(labels)} ${below}\n`
}

/** JSON escapes what Prometheus wants escaped: backslash, quote and line break. */
function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
