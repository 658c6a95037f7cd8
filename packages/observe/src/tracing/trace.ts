import { AsyncLocalStorage } from "node:async_hooks"

interface Trace {
  id: string
  traceparent: string | undefined
}

const traces = new AsyncLocalStorage<Trace>()

/**
 * Does `work` as a part of what is known by `id`: a request, or the run of a job, and all that follows from it.
 *
 * @param traceparent the span that it belongs to, if it is traced: see `startSpan`
 */
export const withTrace = <T>(id: string, work: () => T, traceparent?: string): T =>
  traces.run({ id, traceparent }, work)

/** What is being done here belongs to this trace; undefined outside of any. */
export const currentTrace = (): string | undefined => traces.getStore()?.id

/** The span that what is being done here belongs to, as W3C `traceparent`; undefined where nothing is traced. */
export const currentTraceparent = (): string | undefined => traces.getStore()?.traceparent
