import { type AccountId, counterDeltas, favourites, parseId } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import type { Context } from "../context.ts"
import { erasePhotos } from "../media/index.ts"

/** Removes what a deleted post leaves. Safe to run twice. */
export async function erasePost(
  ctx: Context,
  ownerId: AccountId,
  { postId: idText, mediaIds }: { postId: string; mediaIds: readonly string[] },
): Promise<void> {
  const postId = parseId<"post">(idText)
  if (!postId) return
  await ctx.db.delete(favourites).where(and(eq(favourites.ownerId, ownerId), eq(favourites.postId, postId)))
  await ctx.db
    .delete(counterDeltas)
    .where(and(eq(counterDeltas.ownerId, ownerId), eq(counterDeltas.subjectId, postId)))
  await erasePhotos(ctx, ownerId, mediaIds)
}
