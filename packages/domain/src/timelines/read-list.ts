import type { Paging } from "@tintype/contract"
import {
  type AccountId,
  type Db,
  type ListId,
  listMembers,
  newestFirst,
  posts,
  readingOrder,
  within,
} from "@tintype/db"
import { and, eq, ne, or, sql } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { findList } from "../lists/index.ts"
import { type Filter, mentions, type PostPage, type PostRef, readPostPage } from "../posts/index.ts"

/** Reads no more than a page of each member's posts, however many they made. */
async function loadOfMembers(
  db: Db,
  viewerId: AccountId,
  listId: ListId,
  paging: Paging,
): Promise<PostRef[]> {
  const meant = or(ne(posts.visibility, "direct"), eq(posts.ownerId, viewerId), mentions(viewerId))
  const newest = db
    .select({ id: posts.id, ownerId: posts.ownerId })
    .from(posts)
    .where(and(eq(posts.ownerId, listMembers.accountId), meant, ...within(posts.id, paging)))
    .orderBy(readingOrder(posts.id, paging))
    .limit(paging.limit)
    .as("newest")
  const order = paging.min_id ? sql`asc` : sql`desc`
  const refs = await db
    .select({ id: newest.id, ownerId: newest.ownerId })
    .from(listMembers)
    .crossJoinLateral(newest)
    .where(and(eq(listMembers.ownerId, viewerId), eq(listMembers.listId, listId)))
    .orderBy(sql`${newest.id} ${order}`)
    .limit(paging.limit)
  return newestFirst(refs, paging)
}

const isOnList: Filter = ({ own, follows }) => own || follows

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
  return readPostPage(ctx, actor, () => loadOfMembers(ctx.db, ownerId, id, paging), isOnList)
}
