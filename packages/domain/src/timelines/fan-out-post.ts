import { type AccountId, parseId } from "@tintype/db"
import { readCard } from "../cards.ts"
import type { Context } from "../context.ts"
import { postCard } from "../posts/index.ts"
import { encodeEntry } from "./home-entry.ts"
import { FOLLOWERS_AT_ONCE, readFollowers } from "./read-followers.ts"
import { homeList } from "./read-home.ts"

/**
 * Tells the warm timelines of the author and the followers of a post, those that exist. Safe to run twice: a list
 * holds an entry once.
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
  if (!id || !(await readCard(ctx, postCard.key(id)))) return
  const entry = encodeEntry({ id, ownerId })
  await ctx.warmLists.push([homeList(ownerId)], entry)
  let page = await readFollowers(ctx.db, ownerId, "0")
  for (;;) {
    signal.throwIfAborted()
    const last = page.length < FOLLOWERS_AT_ONCE ? undefined : page.at(-1)
    // The next ones are read while Redis is at work on these.
    const [next] = await Promise.all([
      last ? readFollowers(ctx.db, ownerId, last) : [],
      ctx.warmLists.push(page.map(homeList), entry),
    ])
    if (!last) return
    page = next
  }
}

/** Lets the author see a post of their own at once; the job repeats it should this fail. */
export async function showOwnPost(ctx: Context, ownerId: AccountId, idText: string): Promise<void> {
  const id = parseId<"post">(idText)
  if (id) await ctx.warmLists.push([homeList(ownerId)], encodeEntry({ id, ownerId })).catch(() => {})
}
