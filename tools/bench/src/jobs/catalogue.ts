import { type Db, inTransaction } from "@tintype/db"
import { defineJob, type Handlers } from "@tintype/queue"
import { sql } from "drizzle-orm"
import { Type } from "typebox"

const common = { payload: Type.Object({}), attempts: 3, backoffMs: [50, 200], deadlineSeconds: 20 } as const

/** Has its effect and ends in one transaction. */
export const effectJob = defineJob({ ...common, name: "bench.effect", class: "feed" })
/** Takes a tenth of a second, as a small photo does. */
export const slowJob = defineJob({ ...common, name: "bench.slow", class: "media" })
export const noticeJob = defineJob({ ...common, name: "bench.notice", class: "notify" })

export const benchJobs = [effectJob, slowJob, noticeJob] as const

/** @param onNotice told of each notice when its handler starts */
export const benchHandlers = (db: Db, onNotice?: (jobId: string) => void): Handlers<typeof benchJobs> => ({
  "bench.effect": (_payload, run) =>
    inTransaction(db, async (tx) => {
      await tx.execute(sql`insert into effects values (${run.jobId})`)
      await run.complete(tx)
    }),
  "bench.slow": () => new Promise((resolve) => setTimeout(resolve, 100)),
  "bench.notice": async (_payload, run) => onNotice?.(run.jobId),
})
