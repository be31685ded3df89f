/** Where traces go, and how many. */
export interface TelemetryOptions {
  /** OTLP over HTTP: `http://127.0.0.1:4318/v1/traces`. */
  readonly tracesUrl: string
  /** Sent along, such as an API key; beside those of OTEL_EXPORTER_OTLP_HEADERS. */
  readonly headers?: Readonly<Record<string, string>>
  /** The part of executions that is traced, from 0 to 1; the same ones on every replica. */
  readonly sampleRatio: number
  /** Of Signalbox. */
  readonly version?: string
  /** What this process is called among its replicas. */
  readonly instance?: string
}
