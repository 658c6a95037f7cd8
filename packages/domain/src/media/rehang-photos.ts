import { type AccountId, type MediaId, media, type PostId, parseId } from "@tintype/db"
import { and, asc, eq } from "drizzle-orm"
import type { Context } from "../context.ts"
import type { UnitOfWork } from "../unit-of-work.ts"
import { findMedia } from "./get-media.ts"
import { removeRenditionsJob } from "./jobs.ts"

/** The renditions that one attempt at a photo made. */
interface RenditionSet {
  mediaId: MediaId
  attempt: number
}

const folderOf = (ownerId: AccountId, { mediaId, attempt }: RenditionSet) =>
  `${ownerId}/${mediaId}/${attempt}`

/**
 * Gives a post's photos new places in the blob store, in the transaction that narrows who may see it, so that links made
 * for those who could see it before lead nowhere. The files are there under both places until the old ones are removed.
 *
 * @returns the old places, for `removeRenditions` after the COMMIT; a job does it should the process die before that
 */
export async function rehangPhotos(
  ctx: Context,
  unit: UnitOfWork,
  ownerId: AccountId,
  postId: PostId,
): Promise<RenditionSet[]> {
  const rows = await unit.db
    .select({ id: media.id, attempt: media.attempt, ready: media.readyAttempt })
    .from(media)
    .where(and(eq(media.ownerId, ownerId), eq(media.postId, postId)))
    .orderBy(asc(media.id))
    .for("update")
  const old: RenditionSet[] = []
  for (const { id: mediaId, attempt, ready } of rows) {
    if (ready === null) continue
    const [from, next] = [{ mediaId, attempt: ready }, attempt + 1]
    await ctx.blobs.alsoUnder(folderOf(ownerId, from), folderOf(ownerId, { mediaId, attempt: next }))
    await unit.db
      .update(media)
      .set({ attempt: next, readyAttempt: next })
      .where(and(eq(media.ownerId, ownerId), eq(media.id, mediaId)))
    old.push(from)
  }
  if (old.length > 0) unit.enqueue(removeRenditionsJob, ownerId, { sets: old })
  return old
}

/** Removes renditions that no row points to any more. Safe to run twice. */
export async function removeRenditions(
  ctx: Context,
  ownerId: AccountId,
  sets: readonly { mediaId: string; attempt: number }[],
): Promise<void> {
  for (const { mediaId: text, attempt } of sets) {
    const mediaId = parseId<"media">(text)
    const row = mediaId && (await findMedia(ctx.db, ownerId, mediaId))
    if (mediaId && row?.readyAttempt !== attempt) {
      await ctx.blobs.remove(folderOf(ownerId, { mediaId, attempt }))
    }
  }
}
