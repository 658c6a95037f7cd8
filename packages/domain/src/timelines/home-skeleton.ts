import type { WarmList } from "@tintype/cache"
import type { Paging } from "@tintype/contract"
import { type AccountId, type Db, follows } from "@tintype/db"
import { and, eq, isNotNull, isNull, lte, or, sql } from "drizzle-orm"
import { ownerIsThere } from "../accounts/index.ts"
import type { PostRef } from "../posts/index.ts"
import { decodeEntry, lowerBound, upperBound } from "./home-entry.ts"
import { loadPostsOf } from "./load-posts-of.ts"

/**
 * Which mutes count: those in force at a moment, or for what is kept only those that last. One that ends by itself tells
 * nobody: a list that was made without its account's posts would lack them.
 */
export type Mutes = Date | "lasting"

export const notMuted = (mutes: Mutes) =>
  or(
    isNull(follows.muteId),
    mutes === "lasting" ? isNotNull(follows.mutedUntil) : lte(follows.mutedUntil, mutes),
  )

/** From Postgres: the posts of the accounts that the viewer follows and does not mute, and the viewer's own. Always right. */
export async function loadSkeleton(
  db: Db,
  viewerId: AccountId,
  paging: Paging,
  mutes: Mutes,
  again = false,
): Promise<PostRef[]> {
  const isFollowed = and(eq(follows.followerId, viewerId), eq(follows.active, true))
  const followees = db
    .select({ id: follows.followeeId })
    .from(follows)
    .where(
      and(
        isFollowed,
        eq(follows.home, true),
        notMuted(mutes),
        again ? ownerIsThere(follows.followeeId) : undefined,
      ),
    )
  return loadPostsOf(db, viewerId, sql`${followees} union all select ${viewerId}::bigint`, paging)
}

/**
 * A page out of a warm list.
 *
 * @returns null when the page reaches beyond what the list is sure to hold
 */
export function pageOfWarmList(
  list: Pick<WarmList, "complete" | "entries">,
  { max_id, since_id, min_id, limit }: Paging,
): PostRef[] | null {
  const after = min_id ?? since_id
  const below = max_id && lowerBound(max_id)
  const above = after && upperBound(after)
  const fits = list.entries.filter((entry) => (!below || entry < below) && (!above || entry > above))
  const oldest = list.entries.at(-1)
  const reachesBack = above !== undefined && oldest !== undefined && oldest < above
  if (!list.complete && !reachesBack && (min_id || fits.length < limit)) return null
  const page = min_id ? fits.slice(-limit) : fits.slice(0, limit)
  return page.flatMap((entry) => decodeEntry(entry) ?? [])
}
