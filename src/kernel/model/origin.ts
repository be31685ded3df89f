/**
 * A place in an ordered log that events are read from, such as a partition of a Kafka topic. What one
 * source has for an execution is applied in the order of positions, each position at most once.
 */
export interface Origin {
  /** Unique among all logs that this Signalbox reads: `<channel>:<topic>/<partition>`. */
  readonly source: string
  /** Grows within the source; from 0. */
  readonly position: number
}
