import { type AccountId, type Db, inTransaction } from "@tintype/db"
import { defineJob, type Handlers, type Run } from "@tintype/queue"
import { sql } from "drizzle-orm"
import { Type } from "typebox"

/** Jobs of the classes that the product's own jobs do not cover, with effects that can be counted. */

const common = { attempts: 50, backoffMs: [100, 2_000], deadlineSeconds: 20 } as const

export const plainJob = defineJob({
  ...common,
  name: "chaos.plain",
  class: "notify",
  payload: Type.Object({}),
})
/** Fails a number of times. */
export const flakyJob = defineJob({
  ...common,
  name: "chaos.flaky",
  class: "mail",
  payload: Type.Object({ failures: Type.Integer() }),
})
/** One of a key at a time. */
export const serialJob = defineJob({
  ...common,
  name: "chaos.serial",
  class: "push",
  payload: Type.Object({ key: Type.String() }),
  unique: { mode: "serial", key: ({ key }) => key },
})
/** Takes a while, in the middle of which its process may die. */
export const slowJob = defineJob({
  ...common,
  name: "chaos.slow",
  class: "transfer",
  payload: Type.Object({ ms: Type.Integer() }),
})

export const chaosJobs = [plainJob, flakyJob, serialJob, slowJob] as const

/** Before the keys of these jobs in Redis: the product's workers do not know them. */
export const PREFIX = "chaos"
/** Whose jobs they are. */
export const OWNER = "4194304001" as AccountId

/** Where the jobs leave what they did: nothing in the table keeps one from doing it twice. */
export async function createEffects(db: Db): Promise<void> {
  await db.execute(sql`create table if not exists chaos_effects (
    job_id uuid not null, name text not null, key text, attempt int not null,
    began timestamptz not null, ended timestamptz not null default clock_timestamp())`)
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener("abort", () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })

export function chaosHandlers(db: Db): Handlers<typeof chaosJobs> {
  const effect = async (name: string, run: Run, ms: number, key: string | null = null) => {
    const began = new Date().toISOString()
    await pause(ms, run.signal)
    await inTransaction(db, async (tx) => {
      await tx.execute(sql`
        insert into chaos_effects (job_id, name, key, attempt, began)
        values (${run.jobId}, ${name}, ${key}, ${run.attempt}, ${began})`)
      await run.complete(tx)
    })
  }
  return {
    "chaos.plain": (_payload, run) => effect("chaos.plain", run, 0),
    "chaos.flaky": async ({ failures }, run) => {
      if (run.attempt <= failures) throw new Error(`failure ${run.attempt}`)
      await effect("chaos.flaky", run, 0)
    },
    "chaos.serial": ({ key }, run) => effect("chaos.serial", run, 20, key),
    "chaos.slow": async ({ ms }, run) => {
      await effect("chaos.slow", run, ms)
      // Who dies now has had its effect and must not have it again.
      await pause(ms, run.signal)
    },
  }
}
