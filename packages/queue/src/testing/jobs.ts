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

/** Lets its process do nothing else for that long, then has its effect. */
export const blockingJob = defineJob({
  name: "test.blocking",
  class: "feed",
  payload: effectJob.payload,
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

/** Takes away all notes of its subject and keeps their number, as the product's counters do. */
export const foldJob = defineJob({
  name: "test.fold",
  class: "notify",
  payload: Type.Object({ subject: Type.String() }),
  attempts: 3,
  backoffMs,
  deadlineSeconds: 20,
  unique: { mode: "fold", key: ({ subject }) => subject },
})

const keyed = {
  class: "notify",
  payload: effectJob.payload,
  attempts: 3,
  backoffMs,
  deadlineSeconds: 20,
} as const
const key = () => "one"

export const serialJob = defineJob({ ...keyed, name: "test.serial", unique: { mode: "serial", key } })
export const throttledJob = defineJob({
  ...keyed,
  name: "test.throttled",
  unique: { mode: "throttle", key, ms: 700 },
})
export const debouncedJob = defineJob({
  ...keyed,
  name: "test.debounced",
  unique: { mode: "debounce", key, ms: 400, mostMs: 2_000 },
})
export const ratedJob = defineJob({ ...keyed, name: "test.rated", rate: { most: 10, perMs: 1_000 } })
export const briefJob = defineJob({ ...keyed, name: "test.brief", ttl: { seconds: 30, ifLate: "drop" } })
export const lateJob = defineJob({ ...keyed, name: "test.late", ttl: { seconds: 30, ifLate: "die" } })
export const lastJob = defineJob({ ...keyed, name: "test.last", class: "mail", priority: 9 })
export const firstJob = defineJob({ ...keyed, name: "test.first", class: "mail" })

export const testJobs = [
  effectJob,
  flakyJob,
  poisonJob,
  blockingJob,
  refusedJob,
  endlessJob,
  foldJob,
  serialJob,
  throttledJob,
  debouncedJob,
  ratedJob,
  briefJob,
  lateJob,
  lastJob,
  firstJob,
] as const

export const ALICE = "4194304001" as AccountId

export async function createEffects(db: Db): Promise<void> {
  await db.execute(sql`create table effects (
    job_id uuid not null, attempt int not null, pid int not null,
    ms int not null default 0, began timestamptz not null default now(), ended timestamptz not null default now())`)
  await db.execute(sql`create table notes (subject text not null)`)
  await db.execute(sql`create table sums (subject text not null, taken int not null)`)
}

async function haveEffect(tx: Db, run: Run, ms = 0, began = new Date()): Promise<void> {
  await tx.execute(sql`
    insert into effects (job_id, attempt, pid, ms, began, ended)
    values (${run.jobId}, ${run.attempt}, ${process.pid}, ${ms}, ${began.toISOString()}, ${new Date().toISOString()})`)
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

const takeEffect =
  (db: Db) =>
  async ({ ms }: { ms: number }, run: Run): Promise<void> => {
    const began = new Date()
    await pause(ms, run.signal)
    await inTransaction(db, async (tx) => {
      await haveEffect(tx, run, ms, began)
      await run.complete(tx)
    })
  }

const keyedHandlers = (db: Db) => ({
  "test.serial": takeEffect(db),
  "test.throttled": takeEffect(db),
  "test.debounced": takeEffect(db),
  "test.rated": takeEffect(db),
  "test.brief": takeEffect(db),
  "test.late": takeEffect(db),
  "test.last": takeEffect(db),
  "test.first": takeEffect(db),
  "test.fold": async ({ subject }: { subject: string }, run: Run) => {
    await inTransaction(db, async (tx) => {
      const taken = await tx.execute(sql`delete from notes where subject = ${subject} returning 1 as one`)
      await tx.execute(sql`insert into sums values (${subject}, ${taken.length})`)
      await run.complete(tx)
    })
  },
})

export const testHandlers = (db: Db): Handlers<typeof testJobs> => ({
  ...keyedHandlers(db),
  "test.effect": takeEffect(db),
  "test.flaky": async ({ failures }, run) => {
    if (run.attempt <= failures) throw new Error(`failure ${run.attempt}`)
    await haveEffect(db, run)
  },
  "test.poison": async () => {
    process.kill(process.pid, "SIGKILL")
  },
  "test.blocking": async ({ ms }, run) => {
    for (const end = performance.now() + ms; performance.now() < end; );
    await takeEffect(db)({ ms: 0 }, run)
  },
  "test.refused": async () => {
    throw new PermanentFailure("never")
  },
  "test.endless": async (_payload, run) => pause(60_000, run.signal),
})
