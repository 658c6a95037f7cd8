import { type AccountId, type MediaId, media } from "@tintype/db"
import { and, eq, inArray, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { inBatches } from "../in-batches.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { erasePhotosJob } from "./jobs.ts"

/** Avatars and headers that failed or that another one has taken the place of, more than a day ago. */
const UNUSED = sql`
  ${media.purpose} <> 'post' and ${media.state} in ('ready', 'failed') and ${media.createdAt} < now() - interval '1 day'
  and not exists (select from accounts where accounts.id = ${media.ownerId}
    and ${media.id}::text in (accounts.avatar ->> 'mediaId', accounts.header ->> 'mediaId'))
  and not exists (select from media as newer where newer.owner_id = ${media.ownerId} and newer.id > ${media.id}
    and newer.purpose = ${media.purpose} and newer.created_at > now() - interval '1 day')`

async function forget(ctx: Context, ownerId: AccountId, ids: readonly MediaId[]): Promise<number> {
  const { result } = await unitOfWork(ctx, ownerId, async (unit) => {
    const gone = await unit.db
      .delete(media)
      .where(and(eq(media.ownerId, ownerId), inArray(media.id, [...ids]), UNUSED))
      .returning({ id: media.id })
    if (gone.length > 0) unit.enqueue(erasePhotosJob, ownerId, { mediaIds: gone.map(({ id }) => id) })
    return gone.length
  })
  return result
}

/** Removes avatars and headers that nothing shows any more, with their originals. @returns how many */
export const sweepPortraits = (ctx: Context, signal: AbortSignal): Promise<number> =>
  inBatches(signal, async () => {
    const rows = await ctx.db
      .select({ ownerId: media.ownerId, id: media.id })
      .from(media)
      .where(UNUSED)
      .orderBy(media.createdAt)
      .limit(100)
    let found = 0
    for (const [ownerId, some] of Map.groupBy(rows, (row) => row.ownerId)) {
      found += await forget(
        ctx,
        ownerId,
        some.map(({ id }) => id),
      )
    }
    return found
  })
