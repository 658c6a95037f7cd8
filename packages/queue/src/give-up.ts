import { inTransaction } from "@tintype/db"
import type { Begun, Outcome, RunOptions } from "./begun.ts"
import { errorText, isPermanent } from "./errors.ts"
import * as ledger from "./ledger.ts"
import { backoffDelay, strikesOf } from "./strikes.ts"

/** Why a job has no run left, though none has just failed. */
export function lastWords({ attempts, unreported, lastError }: ledger.Entry): ledger.DeathNote {
  if (unreported < 2) return { reason: "exhausted", error: lastError ?? "no run left" }
  return {
    reason: "crashed",
    error: `the process ended during ${unreported - 1} of its ${attempts - 1} runs`,
  }
}

/** Gives the job up, together with what follows from it. */
export async function die(options: RunOptions, begun: Begun, note: ledger.DeathNote): Promise<Outcome> {
  const { runner, key, entry } = begun
  const { error } = note
  const buried = await inTransaction(options.db, async (tx) => {
    if (!(await ledger.bury(tx, key, entry.attempts, note))) return false
    if (runner.onDead && runner.job.accepts(entry.payload)) {
      await runner.onDead(tx, entry.payload, { ownerId: key.ownerId, jobId: key.id, error })
    }
    return true
  })
  if (!buried) return { kind: "void" }
  options.log.error({ job: runner.job.name, jobId: key.id, attempt: entry.attempts, error }, "job given up")
  return { kind: "dead", error }
}

/** After a failure: another run later, or none. */
export async function fail(options: RunOptions, begun: Begun, error: unknown): Promise<Outcome> {
  const { runner, key, entry } = begun
  const { job } = runner
  const text = errorText(error)
  const failures = entry.failures + 1
  const exhausted = strikesOf({ failures, unreported: entry.unreported - 1 }) >= job.attempts
  const delayMs = backoffDelay(job.backoffMs, failures)
  try {
    if (isPermanent(error)) return await die(options, begun, { reason: "refused", error: text })
    if (exhausted) return await die(options, begun, { reason: "exhausted", error: text })
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
  return { kind: "later", delayMs, error: text }
}
