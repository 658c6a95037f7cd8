import { AlreadyDone } from "./errors.ts"
import { settledWithin } from "./within.ts"

/** A run was stopped because its process ends: no fault of the job. */
export class Released extends Error {
  override name = "Released"
}

/** How long work whose signal was aborted may take to end by itself. */
const GRACE_MS = 1_000

const yes = () => true
const no = () => false

export interface Limits {
  deadlineMs: number
  /** Aborted when the process ends. */
  closing: AbortSignal
  /** Aborted when the work has become void. */
  taken?: AbortSignal
  /** Told when the work goes on though its signal was aborted. */
  onStray?: () => void
}

/**
 * Does `work` until it ends, its deadline passes or `closing` is aborted. Work that does not heed its signal is left to
 * itself: what it still writes is held off by the number of its run.
 *
 * @throws what the work throws; Released; an error that names the deadline
 */
export async function perform(
  work: (signal: AbortSignal) => Promise<void>,
  { deadlineMs, closing, taken, onStray }: Limits,
): Promise<void> {
  if (closing.aborted) throw new Released("the process ends")
  const stop = new AbortController()
  const stopped = Promise.withResolvers<void>()
  const abort = (reason: Error) => {
    stop.abort(reason)
    stopped.resolve()
  }
  const release = () => abort(new Released("the process ends"))
  const timer = setTimeout(() => abort(new Error(`not done within ${deadlineMs / 1000} s`)), deadlineMs)
  const giveUp = () => abort(new AlreadyDone("the job was taken away"))
  closing.addEventListener("abort", release)
  taken?.addEventListener("abort", giveUp)
  try {
    const working = (async () => work(stop.signal))()
    await Promise.race([working.catch(() => undefined), stopped.promise])
    if (!stop.signal.aborted) return await working
    if (!(await settledWithin(GRACE_MS, working))) onStray?.()
    else if (await working.then(yes, no)) return
    throw stop.signal.reason
  } finally {
    clearTimeout(timer)
    closing.removeEventListener("abort", release)
    taken?.removeEventListener("abort", giveUp)
  }
}
