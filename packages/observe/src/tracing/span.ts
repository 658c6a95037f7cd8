/** Version 0 of W3C Trace Context: trace, span, and whether it is recorded. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-9a-f]$/

/** Whether a header is a `traceparent` that can be gone on with. */
export const isTraceparent = (header: unknown): header is string =>
  typeof header === "string" && TRACEPARENT.test(header)

/** Of a `traceparent`: what the whole trace is called. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35)

export type Attributes = Readonly<Record<string, string | number | undefined>>

/** Something that takes time, as a part of a trace. */
export interface Span {
  /** What belongs to it is started with this. */
  readonly traceparent: string
  end(name: string, attributes: Attributes, failed?: boolean): void
}

export interface SpanStart {
  name: string
  kind: "server" | "consumer"
  /** The span that it belongs to; without one it begins a trace. */
  traceparent?: string | undefined
  /** A trace that it begins is called after this, if it is a UUID. */
  id?: string
}

export type StartSpan = (start: SpanStart) => Span

let start: StartSpan | undefined

/** Starts a span; undefined, for next to nothing, where spans go nowhere. */
export const startSpan = (options: SpanStart): Span | undefined => start?.(options)

export interface TracingOptions {
  /** The tier's name. */
  service: string
  /** Where an OTLP collector takes spans by HTTP, `/v1/traces` left out. */
  endpoint: string
  /** Sent along, such as a token. */
  headers: Readonly<Record<string, string>>
  /** The share of the traces begun here that is recorded, from 0 to 1. */
  share: number
}

/**
 * Sends spans to a collector from now on. What does that is loaded only here: a process that traces nothing does without.
 *
 * @returns sends what is left, for two seconds at most, and stops
 */
export async function openTracing(options: TracingOptions | undefined): Promise<() => Promise<void>> {
  if (!options) return async () => undefined
  const { exportSpans } = await import("./export-spans.ts")
  const exporting = exportSpans(options)
  start = exporting.startSpan
  return () => {
    start = undefined
    return exporting.close()
  }
}
