import type { Paging } from "@tintype/contract"
import { type AccountId, type Db, type ListId, listMembers } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import { ownerIsThere } from "../accounts/index.ts"
import { notBarred } from "../barred.ts"
import type { Actor, Context } from "../context.ts"
import { findList } from "../lists/index.ts"
import { type Filter, isInFeeds, type PostPage, type PostRef, readPostPage } from "../posts/index.ts"
import { loadPostsOf } from "./load-posts-of.ts"

function loadOfMembers(
  db: Db,
  viewerId: AccountId,
  listId: ListId,
  paging: Paging,
  now: Date,
  again: boolean,
): Promise<PostRef[]> {
  const members = db
    .select({ accountId: listMembers.accountId })
    .from(listMembers)
    .where(
      and(
        eq(listMembers.ownerId, viewerId),
        eq(listMembers.listId, listId),
        again ? ownerIsThere(listMembers.accountId) : undefined,
        notBarred(viewerId, listMembers.accountId, now),
      ),
    )
  return loadPostsOf(db, viewerId, members, paging)
}

const isOnList: Filter = ({ own, follows, muted, post }) => isInFeeds(post) && (own || (follows && !muted))

/**
 * The posts of the accounts on a list of the member's own, newest first. Who is on it is read from the table; whether
 * the member still follows an author and may see a post is asked of the rows on the page.
 *
 * @throws NotFound, also for somebody else's list
 */
export async function readList(
  ctx: Context,
  actor: Actor,
  listId: string,
  paging: Paging,
): Promise<PostPage> {
  const { ownerId, id } = await findList(ctx.db, actor.accountId, listId)
  return readPostPage(
    ctx,
    actor,
    (again) => loadOfMembers(ctx.db, ownerId, id, paging, ctx.now(), again),
    isOnList,
  )
}
