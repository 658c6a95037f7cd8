import type { WarmList } from "@tintype/cache"
import { type AccountId, type Db, parseId, posts } from "@tintype/db"
import { and, desc, eq, ne } from "drizzle-orm"
import { accountCard } from "../accounts/index.ts"
import { readCards } from "../cards.ts"
import type { Context } from "../context.ts"
import { inFeeds, type PostRef } from "../posts/index.ts"
import { encodeEntry } from "./home-entry.ts"
import { loadMergedFollowees, mergeEpoch } from "./merged-authors.ts"
import { WARM_POSTS } from "./warm-lists.ts"

/** Entries of a merged author's list that a page behind a cursor may come from. */
const MERGED_POSTS = 100

/** Who follows more of those who are merged reads from Postgres. */
const MOST_MERGED = 50

const ALWAYS = "1"

/** Of which list nobody asks what it was built for. */
type Entries = Omit<WarmList, "stamp">

/** `cold`: there is none. `void`: it was built before a follow or unfollow. Neither is used; Postgres is asked then. */
export type WarmState = "cold" | "void" | "warm"

export interface WarmHome {
  state: WarmState
  /** What a list has to be built for to be valid now. */
  stamp: string
  /** With the posts of those who are merged. */
  list: Entries
}

/** The lists in one, as far back as all of them are sure to hold what there is. */
export function mergeLists(lists: readonly Entries[]): Entries {
  const ends = lists.flatMap((list) => (list.complete ? [] : [list.entries.at(-1) ?? "~"]))
  const bound = ends.sort().at(-1) ?? ""
  const entries = new Set(lists.flatMap((list) => list.entries.filter((entry) => entry >= bound)))
  return { complete: ends.length === 0, entries: [...entries].sort().reverse() }
}

/** Readers merge what is for all followers; what is for few is pushed to them. */
async function loadNewest(db: Db, authorId: AccountId): Promise<PostRef[]> {
  return db
    .select({ id: posts.id, ownerId: posts.ownerId })
    .from(posts)
    .where(and(eq(posts.ownerId, authorId), inFeeds, ne(posts.visibility, "direct")))
    .orderBy(desc(posts.id))
    .limit(WARM_POSTS)
}

async function readNewest(ctx: Context, authorId: AccountId, most: number) {
  const { newest } = ctx.warmLists
  const list = await newest.read(authorId, most)
  if (list) return list
  const token = await newest.startFill(authorId)
  const refs = await loadNewest(ctx.db, authorId)
  const built = { stamp: ALWAYS, complete: refs.length < WARM_POSTS, entries: refs.map(encodeEntry) }
  if (token) await newest.fill(authorId, token, built)
  return built
}

/** Whom the viewer follows of those who are merged, as it was remembered or is found now. */
async function mergedFollowees(
  ctx: Context,
  viewerId: AccountId,
  stamp: string,
  remembered: WarmList | null,
): Promise<readonly AccountId[]> {
  if (remembered?.stamp === stamp) return remembered.entries.flatMap((id) => parseId<"account">(id) ?? [])
  const { merged } = ctx.warmLists
  const token = await merged.startFill(viewerId)
  const entries = await loadMergedFollowees(ctx, viewerId)
  if (token) await merged.fill(viewerId, token, { stamp, complete: true, entries })
  return entries
}

/** @param most of each list, from the newest; enough for pages behind a cursor if not given */
async function withMerged(ctx: Context, list: Entries, authors: readonly AccountId[], most = MERGED_POSTS) {
  if (authors.length === 0) return list
  if (authors.length > MOST_MERGED) return { complete: false, entries: [] }
  const newest = await Promise.all(authors.map((id) => readNewest(ctx, id, most)))
  return mergeLists([list, ...newest])
}

/**
 * A member's warm timeline: a round trip to Redis, and a second one for those who follow authors that are merged.
 *
 * @param most entries from the newest on; all if not given
 * @returns null when there is no such account
 */
export async function readWarmList(
  ctx: Context,
  viewerId: AccountId,
  most?: number,
): Promise<WarmHome | null> {
  const keys = { viewer: accountCard.key(viewerId), epoch: mergeEpoch.key(null) }
  const [cards, list, remembered] = await Promise.all([
    readCards(ctx, [keys.viewer, keys.epoch]),
    ctx.warmLists.home.read(viewerId, most),
    ctx.warmLists.merged.read(viewerId),
  ])
  const viewer = cards.get(keys.viewer)
  if (!viewer) return null
  // A list that was built before the viewer followed or unfollowed somebody is void.
  const stamp = String(viewer.graphVersion)
  if (!list) return { state: "cold", stamp, list: { complete: false, entries: [] } }
  if (list.stamp !== stamp) return { state: "void", stamp, list }
  const epoch = cards.get(keys.epoch)?.epoch ?? 0
  const authors = epoch ? await mergedFollowees(ctx, viewerId, `${stamp}.${epoch}`, remembered) : []
  return { state: "warm", stamp, list: await withMerged(ctx, list, authors, most) }
}
