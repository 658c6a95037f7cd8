import type { Db } from "@tintype/db"
import { sql } from "drizzle-orm"
import { arrayOf, type JobKey } from "./ledger.ts"

/** A job that is over. Times are milliseconds since 1970 by Postgres's clock. */
export interface EndedUnbegun extends Record<string, unknown> {
  id: string
  traceId: string | null
  createdMs: number
  nowMs: number
}

/**
 * Ends jobs that have been done before any run of them was counted. It does not wait for the disk: what a crash takes
 * back is done once more, by a worker.
 *
 * @returns those that have ended by this, and not by a worker
 */
export async function endUnbegun(db: Db, keys: readonly JobKey[]): Promise<EndedUnbegun[]> {
  const [owners, ids] = [arrayOf(keys.map(({ ownerId }) => ownerId)), arrayOf(keys.map(({ id }) => id))]
  return db.execute<EndedUnbegun>(sql`
    select id, trace_id as "traceId", created_ms as "createdMs", now_ms as "nowMs", set_config('synchronous_commit', 'off', true)
    from end_unbegun(${owners}::bigint[], ${ids}::uuid[])`)
}
