import type { Configuration } from './configuration.ts'
import type { Environment } from './environment.ts'

/**
 * Where traces go: to `telemetry.tracesUrl`, else where the standard variables of OpenTelemetry say.
 * `OTEL_EXPORTER_OTLP_ENDPOINT` is the base of all signals, so the path of traces is added to it.
 */
export function readTelemetry(
  { url, sampleRatio }: { readonly url: unknown; readonly sampleRatio: unknown },
  env: Environment,
): Configuration['telemetry'] {
  const tracesUrl =
    textOf(url) ??
    textOf(env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) ??
    tracesUnder(textOf(env['OTEL_EXPORTER_OTLP_ENDPOINT']))
  return {
    ...(tracesUrl === undefined || env['OTEL_SDK_DISABLED'] === 'true' ? {} : { tracesUrl }),
    sampleRatio: Number(sampleRatio),
  }
}

function tracesUnder(base: string | undefined): string | undefined {
  return base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/traces`
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
