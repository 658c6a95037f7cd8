import { type AccountId, type Db, outbox } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { Job } from "./define-job.ts"
import type { JobKey } from "./ledger.ts"
import type { RunningJob } from "./presence.ts"

/** Runs shorter than this are not looked after. */
const YOUNG_MS = 500
const MOST_AT_ONCE = 1_000

export interface WatchedRun {
  /** Aborted once the run's row is gone, or another run's. */
  taken: AbortSignal
  /** Whether somebody cancelled the job during this run. */
  isCancelled(): boolean
  end(): void
}

export interface RunWatch {
  /** Watches a run. */
  watch(job: Job, key: JobKey, attempt: number): WatchedRun
  /** The runs of this process, the one that has run longest first. */
  list(): RunningJob[]
  /** Looks after the runs of this process, in one statement if there are any. */
  look(db: Db): Promise<void>
}

interface Watched {
  job: Job
  ownerId: AccountId
  id: string
  attempt: number
  startedMs: number
  since: number
  isCancelled: boolean
  controller: AbortController
}

/**
 * Notices runs that have become void: their job was taken away, or another process runs it. They would have no effect
 * any more, so they need not go on.
 */
export function createRunWatch(): RunWatch {
  const runs = new Set<Watched>()
  return {
    watch(job, { ownerId, id }, attempt) {
      const controller = new AbortController()
      const [since, startedMs] = [performance.now(), Date.now()]
      const run: Watched = { job, ownerId, id, attempt, startedMs, since, isCancelled: false, controller }
      runs.add(run)
      return {
        taken: controller.signal,
        isCancelled: () => run.isCancelled,
        end: () => void runs.delete(run),
      }
    },
    list: () =>
      [...runs].map(({ job, ownerId, id, attempt, startedMs }) => ({
        ...{ name: job.name, class: job.class },
        ...{ ownerId, id, attempt, startedMs },
      })),
    async look(db) {
      const old = [...runs].filter(({ since }) => performance.now() - since > YOUNG_MS).slice(0, MOST_AT_ONCE)
      if (old.length === 0) return
      const keys = old.map(({ ownerId, id }) => sql`(${ownerId}::bigint, ${id}::uuid)`)
      const rows = await db
        .select({ id: outbox.id, attempts: outbox.attempts, deadAt: outbox.deadAt, why: outbox.deadReason })
        .from(outbox)
        .where(sql`(${outbox.ownerId}, ${outbox.id}) in (${sql.join(keys, sql`, `)})`)
      const found = new Map(rows.map((row) => [row.id, row]))
      for (const run of old) {
        const row = found.get(run.id)
        const isMine = row?.attempts === run.attempt
        if (isMine && !row.deadAt) continue
        run.isCancelled = isMine && row.why === "cancelled"
        run.controller.abort()
      }
    },
  }
}
