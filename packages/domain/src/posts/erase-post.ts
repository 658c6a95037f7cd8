import {
  type AccountId,
  bookmarks,
  counterDeltas,
  favourites,
  likes,
  type PostId,
  parseId,
  replyDeltas,
} from "@tintype/db"
import { and, eq, inArray } from "drizzle-orm"
import type { Context } from "../context.ts"
import { erasePhotos } from "../media/index.ts"
import { freeComments } from "./free-comments.ts"
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

async function eraseNotes({ db }: Context, { ownerId, id }: PostRef): Promise<void> {
  for (const notes of [counterDeltas, replyDeltas]) {
    await db.delete(notes).where(and(eq(notes.ownerId, ownerId), eq(notes.subjectId, id)))
  }
}

/** What a deleted post left. */
export interface Remains {
  postId: string
  mediaIds: readonly string[]
  /** Of a comment: the post that began its thread. */
  threadId?: string
  threadOwnerId?: string
}

/** Removes what a deleted post leaves: nobody can like, bookmark or answer it any more. Safe to run twice. */
export async function erasePost(
  ctx: Context,
  ownerId: AccountId,
  { postId: idText, mediaIds, ...remains }: Remains,
  signal: AbortSignal,
): Promise<void> {
  const id: PostId | null = parseId(idText)
  if (!id) return
  const thread = {
    id: parseId<"post">(remains.threadId ?? idText) ?? id,
    ownerId: parseId<"account">(remains.threadOwnerId ?? ownerId) ?? ownerId,
  }
  await eraseLikes(ctx, { ownerId, id }, signal)
  await eraseBookmarks(ctx, { ownerId, id }, signal)
  await freeComments(ctx, thread, id, signal)
  await eraseNotes(ctx, { ownerId, id })
  await erasePhotos(ctx, ownerId, mediaIds)
}
