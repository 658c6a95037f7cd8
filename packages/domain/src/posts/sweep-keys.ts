import { sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { inBatches } from "../in-batches.ts"

/** Removes idempotency keys that count no more. @returns how many */
export const sweepKeys = ({ db }: Context, signal: AbortSignal): Promise<number> =>
  inBatches(signal, async () => {
    const gone = await db.execute(sql`
      delete from idempotency_keys where (account_id, key) in (
        select account_id, key from idempotency_keys where created_at < now() - interval '1 hour' limit ${500}::int)
      returning 1 as one`)
    return gone.length
  })
