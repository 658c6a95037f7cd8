import type { Paging } from "@tintype/contract"
import { type AccountId, type Db, newestFirst, parseId, posts, readingOrder, within } from "@tintype/db"
import { and, arrayContains, eq, inArray, isNull, or, type SQL, sql } from "drizzle-orm"
import { readAccountCard } from "../accounts/index.ts"
import { tagName } from "../caption-html.ts"
import { readCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { isBlocked, isFollowing, tieCard } from "../relationships/index.ts"
import type { PostRef } from "./hydrate-posts.ts"
import { type PostPage, postPage } from "./post-page.ts"
import { readPostPage } from "./read-post-page.ts"

export interface AccountPostsQuery extends Paging {
  tagged?: string | undefined
  pinned?: boolean | undefined
  /** Without comments. */
  exclude_replies?: boolean | undefined
  only_media?: boolean | undefined
}

/** Which posts timelines show. Says it twice, as an index has what has photos alone. */
export const inFeeds: SQL = sql`(${posts.hasPhotos} and ${posts.inFeeds})`

/** Whether a post is a comment for the followers of somebody other than its author, whom the viewer follows or is. */
export const isForFollowerOfOther = (viewerId: AccountId): SQL =>
  sql`(${posts.audienceId} = ${viewerId}::bigint or exists (select from follows
    where follower_id = ${viewerId}::bigint and followee_id = ${posts.audienceId} and active))`

/** Whether a post names the account. */
export const mentions = (accountId: AccountId): SQL =>
  sql`${posts.mentions} @> ${JSON.stringify([{ id: accountId }])}::jsonb`

function seenBy(viewerId: AccountId | null, ownerId: AccountId, follows: boolean): SQL | undefined {
  if (viewerId === ownerId) return undefined
  const open = inArray(posts.visibility, ["public", "unlisted"])
  if (!viewerId) return open
  const toFollowers = follows ? isNull(posts.audienceId) : undefined
  const isPrivate = eq(posts.visibility, "private")
  return or(open, and(isPrivate, or(toFollowers, isForFollowerOfOther(viewerId))), mentions(viewerId))
}

async function loadRefs(
  db: Db,
  ownerId: AccountId,
  seen: SQL | undefined,
  query: AccountPostsQuery,
): Promise<PostRef[]> {
  const tagged = query.tagged ? arrayContains(posts.tags, [tagName(query.tagged) ?? ""]) : undefined
  const kind = query.exclude_replies ? inFeeds : query.only_media ? sql`${posts.hasPhotos}` : undefined
  const refs = await db
    .select({ id: posts.id, ownerId: posts.ownerId, audienceId: posts.audienceId })
    .from(posts)
    .where(and(eq(posts.ownerId, ownerId), kind, seen, tagged, ...within(posts.id, query)))
    .orderBy(readingOrder(posts.id, query))
    .limit(query.limit)
  return newestFirst(refs, query)
}

/** What an account posted, as far as the viewer may see it, newest first. @throws NotFound */
export async function listAccountPosts(
  ctx: Context,
  actor: Actor | null,
  idText: string,
  query: AccountPostsQuery,
): Promise<PostPage> {
  const ownerId = parseId<"account">(idText)
  if (!ownerId) throw new NotFound()
  await readAccountCard(ctx, ownerId)
  if (query.pinned) return postPage(ctx, [], [])
  const viewerId = actor?.accountId ?? null
  return readPostPage(ctx, actor, async () => {
    const tie = viewerId && (await readCard(ctx, tieCard.key({ followerId: viewerId, followeeId: ownerId })))
    if (isBlocked(tie)) return []
    return loadRefs(ctx.db, ownerId, seenBy(viewerId, ownerId, isFollowing(tie)), query)
  })
}
