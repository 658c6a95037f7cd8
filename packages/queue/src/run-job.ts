import type { Begin } from "./beginnings.ts"
import type { JobRunner, Outcome, RunOptions } from "./begun.ts"
import * as ledger from "./ledger.ts"
import type { RateGate } from "./rate-gate.ts"
import type { Solitude } from "./solitude.ts"
import { executeAndTell, tellLost } from "./tell-history.ts"

export interface RunnerOptions extends RunOptions {
  solitude: Solitude
  rateGate: RateGate
  /** Counts the run of a job that has no key. */
  begin: Begin
}

/** Before the next look at a job that may not begin yet. */
const AGAIN_MS = 100
const LONGEST_AGAIN_MS = 5_000

const spread = (ms: number) => Math.ceil(ms * (1 + Math.random() / 4))

/** A job whose process has died under it runs alone, and only then is the next death of a process held against it. */
async function runSuspect(
  options: RunnerOptions,
  runner: JobRunner,
  key: ledger.JobKey,
  seen: ledger.Entry,
): Promise<Outcome> {
  const { db, solitude, closing, worker } = options
  return solitude.alone(async () => {
    if (closing.aborted) return { kind: "released" }
    const entry = await ledger.beginAfter(db, key, worker, seen)
    if (!entry) return { kind: "later", delayMs: 1_000 }
    const begun = { runner, key, entry }
    if (seen.unreported > 0) tellLost(options, begun, seen)
    return executeAndTell(options, begun)
  })
}

/** A job that could not begin like any other one. */
async function runOdd(options: RunnerOptions, runner: JobRunner, key: ledger.JobKey): Promise<Outcome> {
  const seen = await ledger.readEntry(options.db, key)
  if (!seen) return { kind: "void" }
  if (seen.dueInMs > ledger.EARLY_MS) return { kind: "later", delayMs: seen.dueInMs }
  return runSuspect(options, runner, key, seen)
}

/**
 * Runs a job that the queue has delivered, unless it is done already or not to run yet.
 *
 * @param isFirst whether the queue has never delivered it before
 * @throws when Postgres or Redis does not answer: then the delivery is to be repeated
 */
export async function runJob(
  options: RunnerOptions,
  runner: JobRunner,
  key: ledger.JobKey,
  isFirst: boolean,
): Promise<Outcome> {
  const { db, solitude, closing, rateGate, worker, begin } = options
  const { job } = runner
  const waitMs = await rateGate(job, key.id)
  if (waitMs > 0) return { kind: "later", delayMs: waitMs }
  try {
    const outcome = await solitude.beside(async (): Promise<Outcome | undefined> => {
      if (closing.aborted) return { kind: "released" }
      const isSure = !isFirst || job.numbersFiles === true
      const entry = job.unique ? await ledger.beginUnlessSuspect(db, key, worker) : await begin(key, isSure)
      return entry && executeAndTell(options, { runner, key, entry })
    })
    return outcome ?? (await runOdd(options, runner, key))
  } catch (error) {
    if (!(error instanceof ledger.Occupied)) throw error
    const busyMs = Math.min(LONGEST_AGAIN_MS, await ledger.occupiedForMs(db, key))
    return { kind: "later", delayMs: spread(Math.max(AGAIN_MS, busyMs)) }
  }
}
