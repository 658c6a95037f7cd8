import { type Db, inTransaction } from "@tintype/db"
import type { Logger } from "@tintype/observe"
import type { Job } from "./define-job.ts"
import { AlreadyDone, errorText, isPermanent } from "./errors.ts"
import type { Death, Run } from "./handlers.ts"
import * as ledger from "./ledger.ts"
import { perform, Released } from "./perform.ts"
import type { Solitude } from "./solitude.ts"
import { backoffDelay, strikesOf } from "./strikes.ts"

/** How a delivery by the queue ended. */
export type Outcome =
  | { kind: "done" }
  /** Nothing was left to do. */
  | { kind: "void" }
  | { kind: "later"; delayMs: number }
  | { kind: "released" }
  | { kind: "dead"; error: string }

export interface JobRunner {
  job: Job
  handler: (payload: unknown, run: Run) => Promise<void>
  onDead: ((tx: Db, payload: unknown, death: Death) => Promise<void>) | undefined
}

export interface RunnerOptions {
  db: Db
  log: Logger
  solitude: Solitude
  /** Aborted when runs must end because the process does. */
  closing: AbortSignal
}

interface Begun {
  runner: JobRunner
  key: ledger.JobKey
  entry: ledger.Entry
}

/** Why a job has no run left, though none has just failed. */
function lastWords({ attempts, unreported, lastError }: ledger.Entry): string {
  if (unreported < 2) return lastError ?? "no run left"
  return `the process ended during ${unreported - 1} of its ${attempts - 1} runs`
}

async function die(options: RunnerOptions, begun: Begun, error: string): Promise<Outcome> {
  const { runner, key, entry } = begun
  const buried = await inTransaction(options.db, async (tx) => {
    if (!(await ledger.bury(tx, key, entry.attempts, error))) return false
    if (runner.onDead && runner.job.accepts(entry.payload)) {
      await runner.onDead(tx, entry.payload, { ownerId: key.ownerId, jobId: key.id, error })
    }
    return true
  })
  if (!buried) return { kind: "void" }
  options.log.error({ job: runner.job.name, jobId: key.id, attempt: entry.attempts, error }, "job given up")
  return { kind: "dead", error }
}

async function fail(options: RunnerOptions, begun: Begun, error: unknown): Promise<Outcome> {
  const { runner, key, entry } = begun
  const { job } = runner
  const text = errorText(error)
  const failures = entry.failures + 1
  const exhausted = strikesOf({ failures, unreported: entry.unreported - 1 }) >= job.attempts
  const delayMs = backoffDelay(job.backoffMs, failures)
  try {
    if (exhausted || isPermanent(error)) return await die(options, begun, text)
  } catch (hookError) {
    options.log.error(
      { job: job.name, jobId: key.id, error: errorText(hookError) },
      "job could not be given up",
    )
  }
  const mine = await ledger.reportFailure(options.db, key, entry.attempts, text, delayMs)
  if (!mine) return { kind: "void" }
  options.log.warn(
    { job: job.name, jobId: key.id, attempt: entry.attempts, delayMs, error: text },
    "job failed, will run again",
  )
  return { kind: "later", delayMs }
}

async function execute(options: RunnerOptions, begun: Begun): Promise<Outcome> {
  const { db, log, closing } = options
  const { runner, key, entry } = begun
  const { job, handler } = runner
  if (!job.accepts(entry.payload)) return die(options, begun, "the payload does not fit the job")
  if (strikesOf({ ...entry, unreported: entry.unreported - 1 }) >= job.attempts) {
    return die(options, begun, lastWords(entry))
  }
  let completed = false
  const complete = async (tx: Db) => {
    await ledger.complete(tx, key, entry.attempts)
    completed = true
  }
  const run = { ownerId: key.ownerId, jobId: key.id, attempt: entry.attempts, complete }
  try {
    await perform((signal) => handler(entry.payload, { ...run, signal }), job.deadlineSeconds * 1000, closing)
    if (!completed) await complete(db)
    return { kind: "done" }
  } catch (error) {
    if (error instanceof Released) {
      await ledger.releaseRun(db, key, entry.attempts)
      return { kind: "released" }
    }
    if (error instanceof AlreadyDone) {
      log.info({ job: job.name, jobId: key.id, attempt: entry.attempts }, "run came too late")
      return { kind: "void" }
    }
    const outcome = await fail(options, begun, error)
    return completed && outcome.kind === "void" ? { kind: "done" } : outcome
  }
}

/** A job whose process has died under it runs alone, and only then is the next death of a process held against it. */
async function runSuspect(options: RunnerOptions, runner: JobRunner, key: ledger.JobKey): Promise<Outcome> {
  const { db, solitude, closing } = options
  const seen = await ledger.readEntry(db, key)
  if (!seen) return { kind: "void" }
  return solitude.alone(async () => {
    if (closing.aborted) return { kind: "released" }
    const entry = await ledger.beginAfter(db, key, seen)
    return entry ? execute(options, { runner, key, entry }) : { kind: "later", delayMs: 1_000 }
  })
}

/**
 * Runs a job that the queue has delivered, unless it is done already.
 *
 * @throws when Postgres does not answer: then the delivery is to be repeated
 */
export async function runJob(
  options: RunnerOptions,
  runner: JobRunner,
  key: ledger.JobKey,
): Promise<Outcome> {
  const { db, solitude, closing } = options
  const outcome = await solitude.beside(async (): Promise<Outcome | undefined> => {
    if (closing.aborted) return { kind: "released" }
    const entry = await ledger.beginUnlessSuspect(db, key)
    return entry && execute(options, { runner, key, entry })
  })
  return outcome ?? runSuspect(options, runner, key)
}
