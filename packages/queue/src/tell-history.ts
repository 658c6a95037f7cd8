import { performance } from "node:perf_hooks"
import type { RunState } from "@tintype/db"
import type { Begun, Outcome, RunOptions } from "./begun.ts"
import { execute } from "./execute.ts"
import type { EndedRun } from "./history.ts"

/** What the history calls an outcome; undefined for what it does not tell. */
function stateOf(outcome: Outcome): RunState | undefined {
  if (outcome.kind === "void") return undefined
  if (outcome.kind !== "later") return outcome.kind
  return outcome.error === undefined ? undefined : "failed"
}

/** When the newest run could have begun; it may have a little early, by another clock. */
const dueMsOf = ({ startedMs, createdMs, dueInMs }: Begun["entry"]) =>
  (startedMs ?? createdMs) + Math.min(0, dueInMs)

const about = ({ runner, key, entry }: Begun) => ({
  jobId: key.id,
  ownerId: key.ownerId,
  name: runner.job.name,
  class: runner.job.class,
  queuedMs: entry.createdMs,
  dueMs: dueMsOf(entry),
  traceId: entry.traceId,
})

/** Does what a counted run has to do, and notes how it ended. @throws when Postgres does not answer */
export async function executeAndTell(options: RunOptions, begun: Begun): Promise<Outcome> {
  const began = performance.now()
  const { job } = begun.runner
  const figures = options.figures.of(job.class)
  figures.waits.note(Math.max(0, -begun.entry.dueInMs) / 1000)
  figures.running++
  const outcome = await execute(options, begun).finally(() => figures.running--)
  const state = stateOf(outcome)
  const { attempts, startedMs, worker, createdMs } = begun.entry
  const ended: Omit<EndedRun, "state"> = {
    ...about(begun),
    attempt: attempts,
    startedMs,
    finishedMs: (startedMs ?? createdMs) + performance.now() - began,
    worker,
    error: "error" in outcome ? (outcome.error ?? null) : null,
  }
  if (state) {
    options.history.record({ ...ended, state })
    options.figures.ended(job.name, state)
    figures.runs.note((performance.now() - began) / 1000)
  }
  return outcome
}

/** Notes a run that never told its end, when the next one has begun. `seen` is the row as it was before that. */
export function tellLost({ history }: RunOptions, begun: Begun, seen: Begun["entry"]): void {
  const { attempts: attempt, startedMs, worker } = seen
  const dueMs = Math.min(dueMsOf(begun.entry), startedMs ?? Number.POSITIVE_INFINITY)
  const error = "the process ended during the run"
  const finishedMs = begun.entry.startedMs ?? Date.now()
  history.record({ ...about(begun), dueMs, attempt, state: "lost", startedMs, finishedMs, worker, error })
}
