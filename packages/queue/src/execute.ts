import type { Db } from "@tintype/db"
import { startSpan, withTrace } from "@tintype/observe"
import type { Begun, Outcome, RunOptions } from "./begun.ts"
import { AlreadyDone } from "./errors.ts"
import { die, fail, lastWords } from "./give-up.ts"
import * as ledger from "./ledger.ts"
import { perform, Released } from "./perform.ts"
import { strikesOf } from "./strikes.ts"

/** What is decided before the handler is asked; undefined when it is its turn. */
async function refuse(options: RunOptions, begun: Begun): Promise<Outcome | undefined> {
  const { runner, key, entry } = begun
  const { job } = runner
  if (!job.accepts(entry.payload)) {
    return die(options, begun, { reason: "payload", error: "the payload does not fit the job" })
  }
  if (strikesOf({ ...entry, unreported: entry.unreported - 1 }) >= job.attempts) {
    return die(options, begun, lastWords(entry))
  }
  if (job.ttl && entry.attempts === 1 && -entry.dueInMs > job.ttl.seconds * 1000) {
    const error = `not started within ${job.ttl.seconds} s`
    if (job.ttl.ifLate === "die") return die(options, begun, { reason: "late", error })
    await ledger.complete(options.db, key, entry.attempts)
    return { kind: "dropped" }
  }
  return undefined
}

/** Those that joined the job hold its row until they are committed. */
async function awaitJoiners({ db }: RunOptions, { runner, key }: Begun): Promise<void> {
  const mode = runner.job.unique?.mode
  if (mode !== "fold" && mode !== "throttle") return
  try {
    await ledger.awaitJoiners(db, key)
  } catch (cause) {
    throw new Released("transactions that joined the job do not end", { cause })
  }
}

/** Does the work as a part of the trace that the job belongs to, and as a span of it where spans go anywhere. */
async function traced({ runner, key, entry }: Begun, work: () => Promise<void>): Promise<void> {
  const { name, class: jobClass } = runner.job
  const id = entry.traceId ?? key.id
  const span = startSpan({ name, kind: "consumer", id, traceparent: entry.traceParent ?? undefined })
  let failed = true
  try {
    await withTrace(id, work, span?.traceparent ?? entry.traceParent ?? undefined)
    failed = false
  } finally {
    const about = { "tintype.job": name, "tintype.class": jobClass, "tintype.job_id": key.id }
    span?.end(name, { ...about, "tintype.attempt": entry.attempts, "tintype.request_id": id }, failed)
  }
}

/** Does what a counted run has to do. @throws when Postgres does not answer */
export async function execute(options: RunOptions, begun: Begun): Promise<Outcome> {
  const refusal = await refuse(options, begun)
  if (refusal) return refusal
  const { db, log, closing } = options
  const { runner, key, entry } = begun
  const { job, handler } = runner
  const about = { job: job.name, jobId: key.id, attempt: entry.attempts }
  let [completed, isTooLate] = [false, false]
  const onTooLate = () => {
    isTooLate = true
  }
  const complete = async (tx: Db) => {
    await ledger.complete(tx, key, entry.attempts, onTooLate)
    completed = true
  }
  const run = { ownerId: key.ownerId, jobId: key.id, attempt: entry.attempts, complete }
  const watched = options.watch.watch(job, key, entry.attempts)
  const onStray = () => log.error(about, "work goes on though its signal was aborted")
  try {
    await awaitJoiners(options, begun)
    const limits = { deadlineMs: job.deadlineSeconds * 1000, closing, taken: watched.taken, onStray }
    const handle = (signal: AbortSignal) => handler(entry.payload, { ...run, signal })
    await perform((signal) => traced(begun, () => handle(signal)), limits)
    if (!completed) await complete(db)
    return { kind: "done" }
  } catch (error) {
    if (error instanceof Released) {
      await ledger.releaseRun(db, key, entry.attempts)
      return { kind: "released" }
    }
    if (watched.isCancelled()) return { kind: "cancelled", error: "cancelled by hand" }
    if (isTooLate || error instanceof AlreadyDone) {
      log.info(about, "run came too late")
      return { kind: "void" }
    }
    const outcome = await fail(options, begun, error)
    return completed && outcome.kind === "void" ? { kind: "done" } : outcome
  } finally {
    watched.end()
  }
}
