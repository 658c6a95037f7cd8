import { type AccountId, type MediaId, media } from "@tintype/db"
import type { Darkroom } from "@tintype/media"
import { and, eq, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { originalKey } from "./upload-photo.ts"

/** Developing that has waited so long for a worker goes first. */
const DEVELOPING_WAITS = sql`exists (select from outbox where class = 'media' and dead_at is null and unreported = 0
  and due_at < now() - interval '1 second')`

/** Longer than a photo takes; and as often as its age doubles, so that one that cannot be refined is a burden to nobody. */
const NEXT_TRY = sql`now() + greatest(interval '4 minutes', now() - media.created_at)`

interface Claimed extends Record<string, unknown> {
  owner_id: AccountId
  id: MediaId
  ready_attempt: number
  original_sha256: string
}

/** Takes the photo that became ready last, which most are going to look at, for as long as it takes. */
async function claim({ db }: Context): Promise<Claimed | undefined> {
  const [row] = await db.execute<Claimed>(sql`
    update media set refine_at = ${NEXT_TRY}
    where (owner_id, id) in (
      select owner_id, id from media where refine_at <= now() and not ${DEVELOPING_WAITS}
      order by refine_at desc limit 1 for update skip locked)
    returning owner_id, id, ready_attempt, original_sha256`)
  return row
}

/**
 * Makes the AVIF of one photo that lacks them, beside the JPEGs that are there. Any number of processes may do so at
 * once; one that dies leaves its photo to another one four minutes later.
 *
 * @returns whether there was one that could be taken now
 * @throws what went wrong: it is tried again later
 */
export async function refinePhoto(ctx: Context, darkroom: Darkroom, signal: AbortSignal): Promise<boolean> {
  const row = await claim(ctx)
  if (!row) return false
  const { owner_id: ownerId, id, ready_attempt: attempt } = row
  const folder = `${ownerId}/${id}/${attempt}`
  const added = await darkroom.refine(originalKey(ownerId, id, row.original_sha256), folder, signal)
  // Without its folder it was removed meanwhile, or is missing files: the check of renditions finds those.
  if (added) {
    const refined = and(eq(media.ownerId, ownerId), eq(media.id, id), eq(media.readyAttempt, attempt))
    await ctx.db.update(media).set({ refineAt: null }).where(refined)
  }
  return true
}
