import { type CacheRedis, createWarmLists, type WarmLists, type WarmListsOptions } from "@tintype/cache"
import { firstIdAt } from "@tintype/db"
import { lowerBound } from "./home-entry.ts"

/** Posts that a warm timeline holds; what lies deeper is read from Postgres. */
export const WARM_POSTS = 400

/** How long after it was built a list is built anew. */
export const WARM_MS = 14 * 24 * 3600 * 1000

/** Lists by the id of the account that they are of. */
export interface WarmTimelines {
  home: WarmLists
  /** The newest posts of an author, which readers merge. */
  newest: WarmLists
  /** Whom a member follows of the authors who are merged. Nothing is pushed to these. */
  merged: WarmLists
}

/** Greater than the entries of all posts made before this time, in ms since 1970. */
export const entriesBefore = (time: number): string => lowerBound(firstIdAt(time))

/** The numbers are those of the lists' forms. */
export function openWarmTimelines(
  redis: CacheRedis,
  options: Partial<Pick<WarmListsOptions, "prefix" | "beyond">>,
): WarmTimelines {
  const shared = { most: WARM_POSTS, ttlMs: WARM_MS, beyond: entriesBefore, ...options }
  return {
    home: createWarmLists(redis, { ...shared, kind: "home.3" }),
    newest: createWarmLists(redis, { ...shared, kind: "newest.1" }),
    merged: createWarmLists(redis, { ...shared, kind: "merged.1" }),
  }
}
