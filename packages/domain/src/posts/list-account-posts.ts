import type { Paging } from "@tintype/contract"
import { type AccountId, parseId, posts } from "@tintype/db"
import { and, arrayContains, asc, desc, eq, gt, inArray, lt, or, type SQL, sql } from "drizzle-orm"
import { readAccountCard } from "../accounts/index.ts"
import { readCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { followEdge } from "../relationships/index.ts"
import { hydratePosts } from "./hydrate-posts.ts"
import { type PostPage, postPage } from "./post-page.ts"

export interface AccountPostsQuery extends Paging {
  tagged?: string | undefined
  pinned?: boolean | undefined
}

/** The keyset conditions of a page of posts. */
export function withinPage({ max_id, since_id, min_id }: Paging): SQL[] {
  const after = min_id ?? since_id
  return [
    ...(max_id ? [lt(posts.id, sql`${max_id}::bigint`)] : []),
    ...(after ? [gt(posts.id, sql`${after}::bigint`)] : []),
  ]
}

/** Whether a post names the account. */
export const mentions = (accountId: AccountId): SQL =>
  sql`${posts.mentions} @> ${JSON.stringify([{ id: accountId }])}::jsonb`

function seenBy(viewerId: AccountId | null, ownerId: AccountId, follows: boolean): SQL | undefined {
  if (viewerId === ownerId) return undefined
  const open = inArray(posts.visibility, follows ? ["public", "unlisted", "private"] : ["public", "unlisted"])
  return viewerId ? or(open, mentions(viewerId)) : open
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
  const follows =
    viewerId !== null &&
    (await readCard(ctx, followEdge.key({ followerId: viewerId, followeeId: ownerId }))) !== null
  const tagged = query.tagged ? arrayContains(posts.tags, [query.tagged.toLowerCase()]) : undefined
  const refs = await ctx.db
    .select({ id: posts.id, ownerId: posts.ownerId })
    .from(posts)
    .where(and(eq(posts.ownerId, ownerId), seenBy(viewerId, ownerId, follows), tagged, ...withinPage(query)))
    .orderBy(query.min_id ? asc(posts.id) : desc(posts.id))
    .limit(query.limit)
  if (query.min_id) refs.reverse()
  return postPage(ctx, refs, await hydratePosts(ctx, actor, refs))
}
