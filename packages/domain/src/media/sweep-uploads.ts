import { type AccountId, type MediaId, media } from "@tintype/db"
import { and, eq, isNull, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { inBatches } from "../in-batches.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { erasePhotosJob } from "./jobs.ts"

/** An upload that no post shows after this long is forgotten. */
const UNUSED = sql`interval '1 day'`

/** Takes one owner's unused uploads away, unless a post takes them at the same moment; a job removes their files. */
async function forget(ctx: Context, ownerId: AccountId): Promise<number> {
  const { result } = await unitOfWork(ctx, ownerId, async (unit) => {
    const old = sql`${media.createdAt} < now() - ${UNUSED}`
    const unused = and(eq(media.ownerId, ownerId), isNull(media.postId), eq(media.purpose, "post"), old)
    const gone: { id: MediaId }[] = await unit.db.delete(media).where(unused).returning({ id: media.id })
    const mediaIds = gone.map(({ id }) => id)
    if (gone.length > 0) unit.enqueue(erasePhotosJob, ownerId, { mediaIds })
    return gone.length
  })
  return result
}

/** Removes uploads that were never posted. @returns how many */
export const sweepUploads = (ctx: Context, signal: AbortSignal): Promise<number> =>
  inBatches(signal, async () => {
    const rows = await ctx.db.execute<{ owner_id: AccountId }>(sql`
      select distinct owner_id from (
        select owner_id from media
        where post_id is null and purpose = 'post' and created_at < now() - ${UNUSED}
        order by created_at limit ${100}::int) as oldest`)
    let found = 0
    for (const { owner_id: ownerId } of rows) found += await forget(ctx, ownerId)
    return found
  })
