export { startHeartbeat } from "./heartbeat.ts"
export { LineBatch } from "./line-batch.ts"
export { createLogger, type Logger } from "./logger.ts"
export type { Family, Labels } from "./metrics/exposition.ts"
export { createMetrics, type Metrics, type Reading } from "./metrics/metrics.ts"
export { addProcessFigures } from "./metrics/process-figures.ts"
export { type MetricsServer, serveMetrics } from "./metrics/serve-metrics.ts"
export { LONG_SECONDS, Timings } from "./metrics/timings.ts"
export { onShutdown } from "./shutdown.ts"
export {
  isTraceparent,
  openTracing,
  type Span,
  startSpan,
  type TracingOptions,
  traceIdOf,
} from "./tracing/span.ts"
export { currentTrace, currentTraceparent, withTrace } from "./tracing/trace.ts"
