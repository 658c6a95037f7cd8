import { ConfigError, type Env, readInteger, readList, readText, requireUrl } from "./env.ts"

/** Where figures are served: never on a port that members reach. */
export interface MetricsConfig {
  host: string
  port: number
}

/** Where spans are sent, what is sent along, and the share of the traces begun here that is recorded, from 0 to 1. */
export interface TracingConfig {
  endpoint: string
  headers: Readonly<Record<string, string>>
  share: number
}

/** @throws ConfigError */
export function metricsConfig(env: Env): MetricsConfig | undefined {
  const host = readText(env, "METRICS_HOST") ?? "127.0.0.1"
  const isOn = readText(env, "METRICS_PORT") !== undefined
  return isOn ? { host, port: readInteger(env, "METRICS_PORT", 0, 0, 65_535) } : undefined
}

/**
 * The names are OpenTelemetry's own.
 *
 * @throws ConfigError
 */
export function tracingConfig(env: Env): TracingConfig | undefined {
  const isOn = readText(env, "OTEL_EXPORTER_OTLP_ENDPOINT") !== undefined
  const pairs = readList(env, "OTEL_EXPORTER_OTLP_HEADERS", "").map((pair) => pair.split(/=(.*)/s, 2))
  const share = Number(readText(env, "OTEL_TRACES_SAMPLER_ARG") ?? 1)
  if (!(share >= 0 && share <= 1)) {
    throw new ConfigError("OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1")
  }
  if (!isOn) return undefined
  const headers = Object.fromEntries(pairs.map(([name = "", value = ""]) => [name.trim(), value.trim()]))
  return {
    endpoint: requireUrl(env, "OTEL_EXPORTER_OTLP_ENDPOINT", ["http:", "https:"]).href,
    headers,
    share,
  }
}
