import { type AccountId, bookmarks, counterDeltas, favourites, likes, parseId } from "@tintype/db"
import { and, eq, inArray } from "drizzle-orm"
import type { Context } from "../context.ts"
import { erasePhotos } from "../media/index.ts"
import type { PostRef } from "./hydrate-posts.ts"

/** Rows that one statement removes, so that it stays short however much a post was liked. */
const AT_ONCE = 1000

async function eraseLikes(ctx: Context, { ownerId, id }: PostRef, signal: AbortSignal): Promise<void> {
  const isPost = and(eq(favourites.ownerId, ownerId), eq(favourites.postId, id))
  for (;;) {
    signal.throwIfAborted()
    const some = await ctx.db
      .select({ by: favourites.accountId })
      .from(favourites)
      .where(isPost)
      .orderBy(favourites.accountId)
      .limit(AT_ONCE)
    const accounts = some.map(({ by }) => by)
    if (accounts.length === 0) return
    // Those of the accounts go first: the others lead to them if this is cut off.
    await ctx.db.delete(likes).where(and(inArray(likes.accountId, accounts), eq(likes.postId, id)))
    await ctx.db.delete(favourites).where(and(isPost, inArray(favourites.accountId, accounts)))
  }
}

async function eraseBookmarks(ctx: Context, { ownerId, id }: PostRef, signal: AbortSignal): Promise<void> {
  const isPost = and(eq(bookmarks.ownerId, ownerId), eq(bookmarks.postId, id))
  for (;;) {
    signal.throwIfAborted()
    const some = await ctx.db.select({ by: bookmarks.accountId }).from(bookmarks).where(isPost).limit(AT_ONCE)
    const accounts = some.map(({ by }) => by)
    if (accounts.length === 0) return
    await ctx.db.delete(bookmarks).where(and(isPost, inArray(bookmarks.accountId, accounts)))
  }
}

/** Removes what a deleted post leaves: nobody can like or bookmark it any more. Safe to run twice. */
export async function erasePost(
  ctx: Context,
  ownerId: AccountId,
  { postId: idText, mediaIds }: { postId: string; mediaIds: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const id = parseId<"post">(idText)
  if (!id) return
  await eraseLikes(ctx, { ownerId, id }, signal)
  await eraseBookmarks(ctx, { ownerId, id }, signal)
  await ctx.db
    .delete(counterDeltas)
    .where(and(eq(counterDeltas.ownerId, ownerId), eq(counterDeltas.subjectId, id)))
  await erasePhotos(ctx, ownerId, mediaIds)
}
