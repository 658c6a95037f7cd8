import {
  type AccountId,
  type Db,
  newestFirst,
  type PostId,
  postTags,
  readingOrder,
  within,
} from "@tintype/db"
import { and, eq, type SQL, sql } from "drizzle-orm"
import { tagName } from "../caption-html.ts"
import type { Actor, Context } from "../context.ts"
import { type PostPage, type PostRef, readPostPage } from "../posts/index.ts"
import { isPublic, type PublicQuery } from "./read-public.ts"

export interface TagQuery extends PublicQuery {
  /** Posts with one of these count as well. */
  any: readonly string[]
  /** Only posts with each of these, too. */
  all: readonly string[]
  /** No posts with one of these. */
  none: readonly string[]
}

const namesOf = (tags: readonly string[]) => [...new Set(tags.flatMap((tag) => tagName(tag) ?? []))]

const has = (name: string): SQL =>
  sql`exists (select from ${postTags} other where other.tag = ${name} and other.post_id = ${postTags.postId})`

/** Reads no more of any tag than a page, however many posts it has. */
async function loadTagged(db: Db, tag: string, query: TagQuery): Promise<PostRef[]> {
  const names = namesOf([tag, ...query.any])
  const wanted = and(
    eq(postTags.tag, sql`name`),
    ...within(postTags.postId, query),
    ...namesOf(query.all).map(has),
    ...namesOf(query.none).map((name) => sql`not ${has(name)}`),
  )
  const order = query.min_id ? sql`asc` : sql`desc`
  const rows = await db.execute<{ id: PostId; ownerId: AccountId }>(sql`
    select distinct found.post_id as "id", found.owner_id as "ownerId"
    from jsonb_array_elements_text(${JSON.stringify(names)}::jsonb) as names (name)
    cross join lateral (select ${postTags.postId}, ${postTags.ownerId} from ${postTags} where ${wanted}
      order by ${readingOrder(postTags.postId, query)} limit ${query.limit}) found
    order by "id" ${order} limit ${query.limit}`)
  return newestFirst([...rows], query)
}

/** The public posts of a tag, newest first, for everybody. What can be no tag has none. */
export const readTag = (
  ctx: Context,
  actor: Actor | null,
  tag: string,
  query: TagQuery,
): Promise<PostPage> => {
  const none = query.remote || query.all.some((each) => tagName(each) === null)
  return readPostPage(ctx, actor, async () => (none ? [] : loadTagged(ctx.db, tag, query)), isPublic)
}
