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
import { and, asc, desc, eq, ne, or } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import { ownerIsThere } from "../accounts/index.ts"
import { notBarred } from "../barred.ts"
import type { Actor, Context } from "../context.ts"
import { findList } from "../lists/index.ts"
import {
  type Filter,
  inFeeds,
  isInFeeds,
  mentions,
  type PostPage,
  type PostRef,
  readPostPage,
} from "../posts/index.ts"

/** The first posts of one account that a page could show, as a table to join; `author` is a column of what it joins. */
function postsOf(db: Db, viewerId: AccountId, author: PgColumn, paging: Paging) {
  const meant = or(ne(posts.visibility, "direct"), eq(posts.ownerId, viewerId), mentions(viewerId))
  return db
    .select({ id: posts.id, ownerId: posts.ownerId })
    .from(posts)
    .where(and(eq(posts.ownerId, author), inFeeds, meant, ...within(posts.id, paging)))
    .orderBy(readingOrder(posts.id, paging))
    .limit(paging.limit)
}

/**
 * One post of each member tells whose can be on the page at all: as many members as it has posts, those whose first one
 * comes first. Of these alone a page is read, so that it costs a look for each member and little more.
 */
async function loadOfMembers(
  db: Db,
  viewerId: AccountId,
  listId: ListId,
  paging: Paging,
  now: Date,
  again: boolean,
): Promise<PostRef[]> {
  const order = paging.min_id ? asc : desc
  const first = postsOf(db, viewerId, listMembers.accountId, { ...paging, limit: 1 }).as("first")
  const isMember = and(eq(listMembers.ownerId, viewerId), eq(listMembers.listId, listId))
  const heads = db
    .select({ accountId: listMembers.accountId })
    .from(listMembers)
    .crossJoinLateral(first)
    .where(
      and(
        isMember,
        again ? ownerIsThere(listMembers.accountId) : undefined,
        notBarred(viewerId, listMembers.accountId, now),
      ),
    )
    .orderBy(order(first.id))
    .limit(paging.limit)
    .as("heads")
  const newest = postsOf(db, viewerId, heads.accountId, paging).as("newest")
  const refs = await db
    .select({ id: newest.id, ownerId: newest.ownerId })
    .from(heads)
    .crossJoinLateral(newest)
    .orderBy(order(newest.id))
    .limit(paging.limit)
  return newestFirst(refs, paging)
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
