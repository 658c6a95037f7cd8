import { AsyncLocalStorage } from "node:async_hooks"

const traces = new AsyncLocalStorage<string>()

/** Does `work` as a part of what is known by `traceId`: a request, or the run of a job, and all that follows from it. */
export const withTrace = <T>(traceId: string, work: () => T): T => traces.run(traceId, work)

/** What is being done here belongs to this trace; undefined outside of any. */
export const currentTrace = (): string | undefined => traces.getStore()
