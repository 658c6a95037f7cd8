import { type AccountId, parseId } from "@tintype/db"
import { accountCard } from "../accounts/index.ts"
import { readCards } from "../cards.ts"
import type { Context } from "../context.ts"
import { isInFeeds, postCard } from "../posts/index.ts"
import { encodeEntry } from "./home-entry.ts"
import { isMergedAtRead } from "./merged-authors.ts"
import { followerKeys } from "./read-followers.ts"

/** One is read from Postgres while Redis is at work on the other. */
const PAGES_UNDER_WAY = 2

/** Nobody follows themselves, so that this is none of their followers' lists. */
const showOwn = (ctx: Context, ownerId: AccountId, entry: string): Promise<void> =>
  ctx.warmLists.home.pushApart([ownerId], entry)

async function pushToFollowers(
  ctx: Context,
  ownerId: AccountId,
  entry: string,
  signal: AbortSignal,
): Promise<void> {
  const { home } = ctx.warmLists
  const pages = followerKeys(ctx.db, ownerId, home.keyFrame)
  const spread = home.spread(entry)
  const lane = async () => {
    for await (const page of pages) {
      signal.throwIfAborted()
      await spread(page)
    }
  }
  await Promise.all(Array.from({ length: PAGES_UNDER_WAY }, lane))
}

/**
 * Tells the warm timelines of the author and the followers of a post, those that exist; of an author with very many
 * followers only the list that they merge. Safe to run twice: a list holds an entry once.
 *
 * @throws CacheUnavailable when a list could not be told: to be tried again
 */
export async function fanOutPost(
  ctx: Context,
  ownerId: AccountId,
  idText: string,
  signal: AbortSignal,
): Promise<void> {
  const id = parseId<"post">(idText)
  if (!id) return
  const [postKey, authorKey] = [postCard.key(id), accountCard.key(ownerId)]
  const cards = await readCards(ctx, [postKey, authorKey])
  const post = cards.get(postKey)
  if (!post || !isInFeeds(post)) return
  const entry = encodeEntry({ id, ownerId })
  if (post.visibility === "direct") {
    return ctx.warmLists.home.push([ownerId, ...post.mentions.map((mention) => mention.id)], entry)
  }
  const [isMerged] = await Promise.all([
    isMergedAtRead(ctx, ownerId, cards.get(authorKey)),
    ctx.warmLists.newest.push([ownerId], entry),
    showOwn(ctx, ownerId, entry),
  ])
  if (!isMerged) await pushToFollowers(ctx, ownerId, entry, signal)
}

/** Lets the author see a post of their own at once; the job repeats it should this fail. */
export async function showOwnPost(ctx: Context, ownerId: AccountId, idText: string): Promise<void> {
  const id = parseId<"post">(idText)
  if (id) await showOwn(ctx, ownerId, encodeEntry({ id, ownerId })).catch(() => {})
}
