import { Histogram } from 'prom-client'

/** Upper bounds of the buckets, in seconds. */
const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]

/** Counts of one set of labels: adding to it is a few machine instructions. */
export interface Series {
  observe(value: number): void
}

interface StoredSeries {
  readonly labels: Readonly<Record<string, string>>
  /** One more than bounds: the last one is what exceeds them all. */
  readonly counts: Float64Array
  readonly sum: Float64Array
}

/**
 * A histogram whose series are made once and then observed without looking labels up, because it
 * stands in the path of every request. prom-client's own hashes the labels at every observation.
 */
export class FastHistogram extends Histogram {
  readonly #bounds: readonly number[]
  readonly #series: StoredSeries[] = []
  readonly #name: string
  readonly #help: string

  constructor(options: {
    name: string
    help: string
    labels: readonly string[]
    bounds?: readonly number[]
  }) {
    super({
      name: options.name,
      help: options.help,
      labelNames: [...options.labels],
      registers: [],
    })
    this.#name = options.name
    this.#help = options.help
    this.#bounds = options.bounds ?? durationBounds
  }

  series(labels: Readonly<Record<string, string>>): Series {
    const bounds = this.#bounds
    const counts = new Float64Array(bounds.length + 1)
    const sum = new Float64Array(1)
    this.#series.push({ labels, counts, sum })
    return {
      observe: (value) => {
        let index = 0
        while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1
        counts[index] = (counts[index] ?? 0) + 1
        sum[0] = (sum[0] ?? 0) + value
      },
    }
  }

  override async get(): Promise<Awaited<ReturnType<Histogram['get']>>> {
    return {
      ...(await super.get()),
      name: this.#name,
      help: this.#help,
      values: this.#series.flatMap((series) => this.#valuesOf(series)),
    }
  }

  #valuesOf({
    labels,
    counts,
    sum,
  }: StoredSeries): Awaited<ReturnType<Histogram['get']>>['values'] {
    const total = counts.reduce((all, count) => all + count, 0)
    if (total === 0) return []
    let below = 0
    const buckets = [...this.#bounds, '+Inf' as const].map((bound, index) => {
      below += counts[index] ?? 0
      return { metricName: `${this.#name}_bucket`, labels: { ...labels, le: bound }, value: below }
    })
    return [
      ...buckets,
      { metricName: `${this.#name}_sum`, labels, value: sum[0] ?? 0 },
      { metricName: `${this.#name}_count`, labels, value: total },
    ]
  }
}
