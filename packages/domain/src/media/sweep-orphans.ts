import { type AccountId, media, parseId } from "@tintype/db"
import type { StoredPhoto } from "@tintype/media/blob-store"
import { and, inArray } from "drizzle-orm"
import type { Context } from "../context.ts"

/** Photos that are looked up by one statement. */
const AT_ONCE = 500

interface Known {
  ownerId: AccountId
  state: string
  readyAttempt: number | null
}

async function readKnown(ctx: Context, photos: readonly StoredPhoto[]): Promise<Map<string, Known>> {
  const ids = photos.flatMap(({ id }) => parseId<"media">(id) ?? [])
  const owners = [...new Set(photos.flatMap(({ ownerId }) => parseId<"account">(ownerId) ?? []))]
  const rows = await ctx.db
    .select({ id: media.id, ownerId: media.ownerId, state: media.state, readyAttempt: media.readyAttempt })
    .from(media)
    .where(and(inArray(media.ownerId, owners), inArray(media.id, ids)))
  return new Map(rows.map((row) => [row.id, row]))
}

/** The keys that no row points to any more, or never did. */
function orphansOf(photo: StoredPhoto, known: Known | undefined, beforeMs: number): string[] {
  if (known?.ownerId !== photo.ownerId) return photo.changedMs < beforeMs ? [photo.key] : []
  // While it is being developed, sets come and go.
  if (known.state === "queued" || known.state === "processing") return []
  return photo.sets
    .filter((set) => set.attempt !== known.readyAttempt && set.changedMs < beforeMs)
    .map((set) => set.key)
}

async function removeOrphans(
  ctx: Context,
  photos: readonly StoredPhoto[],
  beforeMs: number,
): Promise<number> {
  const known = await readKnown(ctx, photos)
  let removed = 0
  for (const photo of photos) {
    if (orphansOf(photo, known.get(photo.id), beforeMs).length === 0) continue
    // Of hundreds of photos much may have changed since they were looked up: the row as it is now decides.
    const now = await readKnown(ctx, [photo])
    const orphans = orphansOf(photo, now.get(photo.id), beforeMs)
    for (const key of orphans) await ctx.blobs.remove(key)
    removed += orphans.length
  }
  return removed
}

/**
 * Removes the files that processes left which died between writing them and the COMMIT that points to them, or between
 * a COMMIT and removing them.
 *
 * @param olderThanMs what is younger may belong to a transaction that is still open
 * @returns how many originals and rendition sets
 */
export async function sweepOrphans(ctx: Context, signal: AbortSignal, olderThanMs: number): Promise<number> {
  const beforeMs = ctx.now().getTime() - olderThanMs
  let batch: StoredPhoto[] = []
  let removed = 0
  for await (const photo of ctx.blobs.photos()) {
    signal.throwIfAborted()
    batch.push(photo)
    if (batch.length < AT_ONCE) continue
    removed += await removeOrphans(ctx, batch, beforeMs)
    batch = []
  }
  return removed + (await removeOrphans(ctx, batch, beforeMs))
}
