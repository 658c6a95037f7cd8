import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http"
import { resourceFromAttributes } from "@opentelemetry/resources"
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace"
import type { Span, SpanStart, StartSpan, TracingOptions } from "./span.ts"

const EXPORT_MS = 5_000
const CLOSE_MS = 2_000
const KINDS = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER }

/** A trace that begins with a request is called as the request is, so that who knows the one finds the other. */
class NamedTraces extends RandomIdGenerator {
  next: string | undefined

  constructor() {
    super()
    const random = this.generateTraceId
    const named = () => this.next ?? random()
    this.generateTraceId = named
  }
}

const hexOf = (id: string | undefined) => {
  const hex = id?.replaceAll("-", "")
  return hex && /^(?!0{32})[0-9a-f]{32}$/.test(hex) ? hex : undefined
}

function contextOf(traceparent: string | undefined) {
  if (!traceparent) return ROOT_CONTEXT
  const [, traceId = "", spanId = "", flags = ""] = traceparent.split("-")
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}

/** Spans by way of OpenTelemetry's SDK: in batches, bounded, dropped where the collector is away. */
export function exportSpans({ service, endpoint, headers, share }: TracingOptions): {
  startSpan: StartSpan
  close(): Promise<void>
} {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, "")}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: EXPORT_MS,
  })
  const ids = new NamedTraces()
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": `tintype-${service}`, "process.pid": process.pid }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  })
  const tracer = provider.getTracer("tintype")
  return {
    startSpan({ name, kind, traceparent, id }: SpanStart): Span {
      ids.next = hexOf(id)
      const span = tracer.startSpan(name, { kind: KINDS[kind] }, contextOf(traceparent))
      ids.next = undefined
      const { traceId, spanId, traceFlags } = span.spanContext()
      return {
        traceparent: `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`,
        end(endName, attributes, failed = false) {
          span.updateName(endName).setAttributes(attributes)
          if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref())
      // A collector that is away is no reason to end badly.
      await Promise.race([provider.shutdown().catch(() => undefined), late])
    },
  }
}
