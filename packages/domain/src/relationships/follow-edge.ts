import type { Versioned } from "@tintype/cache"
import type { AccountId } from "@tintype/db"
import { sql } from "drizzle-orm"
import { bigints, defineCard } from "../cards.ts"

/** From one account to another. */
export interface Edge {
  followerId: AccountId
  followeeId: AccountId
}

/** There while the first account follows the second. */
export interface FollowEdge {
  following: true
  /** False while the second's posts are kept off the first's home timeline; else it may be missing. */
  home?: boolean
}

/** Whether the followee's posts belong on the follower's home timeline. */
export const isAtHome = (edge: FollowEdge | null): boolean => edge !== null && edge.home !== false

export const followEdge = defineCard<Edge, FollowEdge>({
  name: "follow",
  shape: 1,
  ttlSeconds: 6 * 3600,
  absentTtlSeconds: 3600,
  idText: ({ followerId, followeeId }) => `${followerId}>${followeeId}`,
  rows: (edges) => sql`
    select 'follow' as kind, f.follower_id || '>' || f.followee_id as key, f.version,
      case when f.active then jsonb_build_object('following', true, 'home', f.home) end as card
    from unnest(${bigints(edges.map((each) => each.followerId))},
      ${bigints(edges.map((each) => each.followeeId))}) as wanted (follower_id, followee_id)
    join follows f using (follower_id, followee_id)`,
})

/** What the cache shall hold of a row that was just written. */
export const followEdgeOf = (row: {
  active: boolean
  home: boolean
  version: number
}): Versioned<FollowEdge> => ({
  version: row.version,
  value: row.active ? { following: true, home: row.home } : null,
})
