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
import { ownerIsThere } from "../accounts/index.ts"
import { notBarred } from "../barred.ts"
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

/** What is looked for; null where nothing can be found, so that no statement walks all posts of a tag in vain. */
function wantedNames(tag: string, query: TagQuery) {
  const none = namesOf(query.none)
  const any = namesOf([tag, ...query.any]).filter((name) => !none.includes(name))
  const all = namesOf(query.all)
  const impossible =
    query.all.some((each) => tagName(each) === null) || all.some((name) => none.includes(name))
  return query.remote || impossible || any.length === 0 ? null : { any, all, none }
}

const has = (name: string): SQL =>
  sql`exists (select from ${postTags} other where other.tag = ${name} and other.post_id = ${postTags.postId})`

/** Reads no more than a page of each tag that is enough by itself, however many posts it has. */
async function loadTagged(
  db: Db,
  tag: string,
  spared: SQL | undefined,
  query: TagQuery,
  again: boolean,
): Promise<PostRef[]> {
  const names = wantedNames(tag, query)
  if (!names) return []
  const wanted = and(
    eq(postTags.tag, sql`name`),
    spared,
    again ? ownerIsThere(postTags.ownerId) : undefined,
    ...within(postTags.postId, query),
    ...names.all.map(has),
    ...names.none.map((name) => sql`not ${has(name)}`),
  )
  const order = query.min_id ? sql`asc` : sql`desc`
  const rows = await db.execute<{ id: PostId; ownerId: AccountId }>(sql`
    select distinct found.post_id as "id", found.owner_id as "ownerId"
    from jsonb_array_elements_text(${JSON.stringify(names.any)}::jsonb) as names (name)
    cross join lateral (select ${postTags.postId}, ${postTags.ownerId} from ${postTags} where ${wanted}
      order by ${readingOrder(postTags.postId, query)} limit ${query.limit}) found
    order by "id" ${order} limit ${query.limit}`)
  return newestFirst([...rows], query)
}

/** The public posts of a tag, newest first, for everybody. What can be no tag has none. */
export function readTag(ctx: Context, actor: Actor | null, tag: string, query: TagQuery): Promise<PostPage> {
  const spared = actor ? notBarred(actor.accountId, postTags.ownerId, ctx.now()) : undefined
  return readPostPage(ctx, actor, (again) => loadTagged(ctx.db, tag, spared, query, again), isPublic)
}
