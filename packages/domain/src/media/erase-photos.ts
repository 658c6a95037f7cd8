import { type AccountId, media, parseId } from "@tintype/db"
import { and, eq, inArray } from "drizzle-orm"
import type { Context } from "../context.ts"

/** Removes files and rows of photos that belong to nothing any more. Safe to run twice. */
export async function erasePhotos(
  ctx: Context,
  ownerId: AccountId,
  idTexts: readonly string[],
): Promise<void> {
  const ids = idTexts.flatMap((text) => parseId<"media">(text) ?? [])
  for (const id of ids) {
    await ctx.blobs.remove(`${ownerId}/${id}`)
    await ctx.blobs.remove(`originals/${ownerId}/${id}`)
  }
  if (ids.length > 0)
    await ctx.db.delete(media).where(and(eq(media.ownerId, ownerId), inArray(media.id, ids)))
}
