import { type AccountId, type Db, outbox } from "@tintype/db"
import { isNull, sql } from "drizzle-orm"
import type { JobKey } from "./ledger.ts"

/** Runs shorter than this are not looked after. */
const YOUNG_MS = 500
const MOST_AT_ONCE = 1_000

export interface RunWatch {
  /** Watches a run: the signal is aborted once its row is gone, or another run's. */
  watch(key: JobKey, attempt: number): { taken: AbortSignal; end(): void }
  /** Looks after the runs of this process, in one statement if there are any. */
  look(db: Db): Promise<void>
}

interface Watched {
  ownerId: AccountId
  id: string
  attempt: number
  since: number
  controller: AbortController
}

/**
 * Notices runs that have become void: their job was taken away, or another process runs it. They would have no effect
 * any more, so they need not go on.
 */
export function createRunWatch(): RunWatch {
  const runs = new Set<Watched>()
  return {
    watch({ ownerId, id }, attempt) {
      const controller = new AbortController()
      const run = { ownerId, id, attempt, since: performance.now(), controller }
      runs.add(run)
      return { taken: controller.signal, end: () => void runs.delete(run) }
    },
    async look(db) {
      const old = [...runs].filter(({ since }) => performance.now() - since > YOUNG_MS).slice(0, MOST_AT_ONCE)
      if (old.length === 0) return
      const keys = old.map(
        ({ ownerId, id, attempt }) => sql`(${ownerId}::bigint, ${id}::uuid, ${attempt}::int)`,
      )
      const alive = await db
        .select({ id: outbox.id })
        .from(outbox)
        .where(
          sql`(${outbox.ownerId}, ${outbox.id}, ${outbox.attempts}) in (${sql.join(keys, sql`, `)}) and ${isNull(outbox.deadAt)}`,
        )
      const ids = new Set(alive.map(({ id }) => id))
      for (const { id, controller } of old) if (!ids.has(id)) controller.abort()
    },
  }
}
