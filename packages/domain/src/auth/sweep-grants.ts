import { sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { inBatches } from "../in-batches.ts"

/**
 * Removes authorization codes a day after they expired, so that a second exchange is still noticed meanwhile; tokens a
 * month after they expired; and revoked ones that are a year old.
 *
 * @returns how many
 */
export async function sweepGrants({ db }: Context, signal: AbortSignal): Promise<number> {
  const codes = await inBatches(signal, async () => {
    const gone = await db.execute(sql`
      delete from authorization_codes where code_hash in (
        select code_hash from authorization_codes where expires_at < now() - interval '1 day' limit ${500}::int)
      returning 1 as one`)
    return gone.length
  })
  const tokens = await inBatches(signal, async () => {
    const gone = await db.execute(sql`
      delete from access_tokens where token_hash in (
        (select token_hash from access_tokens where expires_at < now() - interval '30 days' limit ${500}::int)
        union all
        (select token_hash from access_tokens where revoked and created_at < now() - interval '1 year' limit 500))
      returning 1 as one`)
    return gone.length
  })
  return codes + tokens
}
