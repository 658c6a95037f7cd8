import type { Paging } from "@tintype/contract"
import type { AccountId } from "@tintype/db"
import type { Actor, Context } from "../context.ts"
import { Unauthorized } from "../errors.ts"
import { type Filter, isInFeeds, type PostPage, type PostRef, readPostPage } from "../posts/index.ts"
import { encodeEntry } from "./home-entry.ts"
import { loadSkeleton, pageOfWarmList } from "./home-skeleton.ts"
import { readWarmList } from "./warm-home.ts"
import { WARM_POSTS } from "./warm-lists.ts"

/** What goes on while the page is made of what was read. None of it rejects. */
type Beside = Promise<unknown>[]

/** Builds the warm list from Postgres, unless somebody else is at it, and gives what it read. */
async function rebuild(ctx: Context, viewerId: AccountId, stamp: string, beside: Beside): Promise<PostRef[]> {
  const { home } = ctx.warmLists
  const token = await home.startFill(viewerId)
  const refs = await loadSkeleton(ctx.db, viewerId, { limit: WARM_POSTS }, "lasting")
  if (token) {
    const complete = refs.length < WARM_POSTS
    const filling = home.fill(viewerId, token, { stamp, complete, entries: refs.map(encodeEntry) })
    beside.push(filling.catch((err: unknown) => ctx.log.error({ err }, "a warm list was not filled")))
  }
  return refs
}

async function skeletonOf(
  ctx: Context,
  viewerId: AccountId,
  paging: Paging,
  beside: Beside,
): Promise<PostRef[]> {
  // All but the pages behind a cursor begin at the newest post.
  const most = paging.max_id || paging.min_id ? undefined : paging.limit
  const home = await readWarmList(ctx, viewerId, most)
  if (!home) throw new Unauthorized()
  if (home.state === "warm")
    return pageOfWarmList(home.list, paging) ?? loadSkeleton(ctx.db, viewerId, paging, ctx.now())
  if (paging.max_id || paging.min_id || paging.since_id)
    return loadSkeleton(ctx.db, viewerId, paging, ctx.now())
  return (await rebuild(ctx, viewerId, home.stamp, beside)).slice(0, paging.limit)
}

const isHome: Filter = ({ own, home, muted, post }) => isInFeeds(post) && (own || (home && !muted))

/**
 * The home timeline. Warm: a round trip for the viewer and the list, one more for those who follow authors that are
 * merged, one for everything on the page, and nothing from Postgres; cold: one statement for the ids and one for what the
 * cache lacks, during which the list is put. Whether the viewer still follows
 * an author, mutes them and may see a post is asked of the rows on the page, never believed from the list.
 */
export async function readHome(ctx: Context, actor: Actor, paging: Paging): Promise<PostPage> {
  const beside: Beside = []
  const page = await readPostPage(
    ctx,
    actor,
    // Where nothing is left of what the list named, Postgres is asked.
    (again) =>
      again
        ? loadSkeleton(ctx.db, actor.accountId, paging, ctx.now(), again)
        : skeletonOf(ctx, actor.accountId, paging, beside),
    isHome,
  )
  await Promise.all(beside)
  return page
}
