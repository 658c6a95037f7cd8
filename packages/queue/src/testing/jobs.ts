import { type AccountId, type Db, inTransaction } from "@tintype/db"
import { sql } from "drizzle-orm"
import { Type } from "typebox"
import { defineJob } from "../define-job.ts"
import { PermanentFailure } from "../errors.ts"
import type { Handlers, Run } from "../handlers.ts"

const backoffMs = [50, 200] as const

/** Takes its time, then has its effect and ends in one transaction. */
export const effectJob = defineJob({
  name: "test.effect",
  class: "feed",
  payload: Type.Object({ ms: Type.Integer({ minimum: 0 }) }),
  attempts: 3,
  backoffMs,
  deadlineSeconds: 20,
})

/** Leaves it to the runtime to end it, after failing a number of times. */
export const flakyJob = defineJob({
  name: "test.flaky",
  class: "feed",
  payload: Type.Object({ failures: Type.Integer() }),
  attempts: 3,
  backoffMs,
  deadlineSeconds: 20,
})

/** Kills the process that runs it. */
export const poisonJob = defineJob({
  name: "test.poison",
  class: "feed",
  payload: Type.Object({}),
  attempts: 3,
  backoffMs,
  deadlineSeconds: 20,
})

/** Fails for good. */
export const refusedJob = defineJob({
  name: "test.refused",
  class: "media",
  payload: Type.Object({}),
  attempts: 3,
  backoffMs,
  deadlineSeconds: 20,
})

/** Never ends by itself, only when its signal is aborted. */
export const endlessJob = defineJob({
  name: "test.endless",
  class: "media",
  payload: Type.Object({}),
  attempts: 2,
  backoffMs,
  deadlineSeconds: 1,
})

export const testJobs = [effectJob, flakyJob, poisonJob, refusedJob, endlessJob] as const

export const ALICE = "4194304001" as AccountId

export const createEffects = (db: Db) =>
  db.execute(sql`create table effects (job_id uuid not null, attempt int not null, pid int not null)`)

async function haveEffect(tx: Db, run: Run): Promise<void> {
  await tx.execute(
    sql`insert into effects (job_id, attempt, pid) values (${run.jobId}, ${run.attempt}, ${process.pid})`,
  )
}

/** Resolves after `ms`, or rejects once the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener("abort", () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}

export const testHandlers = (db: Db): Handlers<typeof testJobs> => ({
  "test.effect": async ({ ms }, run) => {
    await pause(ms, run.signal)
    await inTransaction(db, async (tx) => {
      await haveEffect(tx, run)
      await run.complete(tx)
    })
  },
  "test.flaky": async ({ failures }, run) => {
    if (run.attempt <= failures) throw new Error(`failure ${run.attempt}`)
    await haveEffect(db, run)
  },
  "test.poison": async () => {
    process.kill(process.pid, "SIGKILL")
  },
  "test.refused": async () => {
    throw new PermanentFailure("never")
  },
  "test.endless": async (_payload, run) => pause(60_000, run.signal),
})
