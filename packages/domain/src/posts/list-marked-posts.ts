import type { Paging } from "@tintype/contract"
import {
  type AccountId,
  bookmarks,
  follows,
  likes,
  newestFirst,
  posts,
  readingOrder,
  within,
} from "@tintype/db"
import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm"
import { ownerIsThere } from "../accounts/index.ts"
import { notBlocked } from "../barred.ts"
import type { Actor, Context } from "../context.ts"
import { mentions } from "./list-account-posts.ts"
import type { PostPage } from "./post-page.ts"
import { readPostPage } from "./read-post-page.ts"

/**
 * What the viewer may see, as `canSee` has it. Asked here as well, so that a page is not eaten up by posts that are
 * gone or hidden, however many there are in a row.
 */
function seenBy(viewerId: AccountId): SQL | undefined {
  const following = sql`exists (select from ${follows} where ${follows.followerId} = ${viewerId}::bigint
    and ${follows.followeeId} = coalesce(${posts.audienceId}, ${posts.ownerId}) and ${follows.active})`
  const isMeant = or(
    inArray(posts.visibility, ["public", "unlisted"]),
    eq(posts.ownerId, viewerId),
    and(eq(posts.visibility, "private"), or(eq(posts.audienceId, viewerId), following)),
    mentions(viewerId),
  )
  return and(isMeant, notBlocked(viewerId, posts.ownerId))
}

/** What the member keeps: one table or the other, each ordered by an id of its own. */
function listMarked(
  ctx: Context,
  { accountId }: Actor,
  marks: typeof likes | typeof bookmarks,
  counts: SQL | undefined,
  paging: Paging,
) {
  const isPost = and(eq(posts.ownerId, marks.ownerId), eq(posts.id, marks.postId))
  return async (again: boolean) => {
    const rows = await ctx.db
      .select({ id: marks.postId, ownerId: marks.ownerId, audienceId: posts.audienceId, cursor: marks.id })
      .from(marks)
      .innerJoin(posts, isPost)
      .where(
        and(
          eq(marks.accountId, accountId),
          counts,
          seenBy(accountId),
          again ? ownerIsThere(marks.ownerId) : undefined,
          ...within(marks.id, paging),
        ),
      )
      .orderBy(readingOrder(marks.id, paging))
      .limit(paging.limit)
    return newestFirst(rows, paging)
  }
}

/** The posts that the member likes, the last liked first. The cursors are ids of the likes. */
export const listFavourites = (ctx: Context, actor: Actor, paging: Paging): Promise<PostPage> =>
  readPostPage(ctx, actor, listMarked(ctx, actor, likes, undefined, paging))

/** The posts that the member bookmarked, the last one first. The cursors are ids of the bookmarks. */
export const listBookmarks = (ctx: Context, actor: Actor, paging: Paging): Promise<PostPage> =>
  readPostPage(ctx, actor, listMarked(ctx, actor, bookmarks, eq(bookmarks.active, true), paging))
