import type { Paging } from "@tintype/contract"
import { type AccountId, type Db, newestFirst, posts, readingOrder, within } from "@tintype/db"
import { and, asc, desc, eq, gte, lte, ne, or, type SQL, type SQLWrapper, sql } from "drizzle-orm"
import { inFeeds, mentions, type PostRef } from "../posts/index.ts"

/** A page of one author's posts that timelines show this viewer. */
function postsOfOne(db: Db, viewerId: AccountId, author: SQL | SQLWrapper, paging: Paging, ...more: SQL[]) {
  const meant = or(ne(posts.visibility, "direct"), eq(posts.ownerId, viewerId), mentions(viewerId))
  return db
    .select({ id: posts.id, ownerId: posts.ownerId })
    .from(posts)
    .where(and(eq(posts.ownerId, author), inFeeds, meant, ...within(posts.id, paging), ...more))
    .orderBy(readingOrder(posts.id, paging))
    .limit(paging.limit)
}

/**
 * A page of the posts of any number of authors, newest first. One post of each author tells whose can be on it at all:
 * as many authors as the page has posts, those whose first one comes first; and if there are so many of them, the page ends
 * with the last of these posts or before. Of these authors alone more is read, and no further than that: so a page
 * costs a look for each author and little more, however many posts they have.
 *
 * @param authors a SELECT of the one column of their ids
 */
export async function loadPostsOf(
  db: Db,
  viewerId: AccountId,
  authors: SQLWrapper,
  paging: Paging,
): Promise<PostRef[]> {
  const upwards = paging.min_id !== undefined
  const order = upwards ? asc : desc
  const first = postsOfOne(db, viewerId, sql`author.id`, { ...paging, limit: 1 }).as("first")
  const heads = db.$with("heads").as(
    db
      .select({ authorId: sql<AccountId>`author.id`.as("author_id"), id: first.id })
      .from(sql`(${authors}) as author (id)`)
      .crossJoinLateral(first)
      .orderBy(order(first.id))
      .limit(paging.limit),
  )
  // One condition for both cases, as an OR would keep the index from ending the walk.
  const reach = upwards
    ? lte(
        posts.id,
        sql`(select case count(*) when ${paging.limit}::int then max(id) else ~(1::bigint << 63) end from heads)`,
      )
    : gte(posts.id, sql`(select case count(*) when ${paging.limit}::int then min(id) else 0 end from heads)`)
  const some = postsOfOne(db, viewerId, heads.authorId, paging, reach).as("some")
  const refs = await db
    .with(heads)
    .select({ id: some.id, ownerId: some.ownerId })
    .from(heads)
    .crossJoinLateral(some)
    .orderBy(order(some.id))
    .limit(paging.limit)
  return newestFirst(refs, paging)
}
