import type { Versioned } from "@tintype/cache"
import { type AccountId, follows } from "@tintype/db"
import { sql } from "drizzle-orm"
import { bigints, defineCard } from "../cards.ts"

/** From one account to another. */
export interface Edge {
  followerId: AccountId
  followeeId: AccountId
}

/**
 * How the first account of an edge stands to the second, as far as there is something to say. All of it is one row and
 * one cached value, so that whoever reads a post learns with one key whether it may be shown.
 */
export interface Tie {
  following?: true
  /** Its posts belong on the first's home timeline: no exclusive list keeps them off. */
  home?: true
  blocking?: true
  blockedBy?: true
  /** `until`: when it ends by itself, in milliseconds since 1970. */
  mute?: { notifications: boolean; until?: number }
}

export const isFollowing = (tie: Tie | null): boolean => tie?.following === true

/** Whether the second account's posts belong on the first's home timeline, mutes apart. */
export const isAtHome = (tie: Tie | null): boolean => tie?.home === true

/** Whether neither is to see the other's posts. */
export const isBlocked = (tie: Tie | null): boolean => tie?.blocking === true || tie?.blockedBy === true

/** The mute that is in force; null when there is none, or it has ended. */
export function muteOf(tie: Tie | null, now: Date): NonNullable<Tie["mute"]> | null {
  const mute = tie?.mute
  return mute && (mute.until === undefined || mute.until > now.getTime()) ? mute : null
}

/** The tie in a row of `follows`; null when there is nothing to say. */
const tieOfRow = sql<Tie | null>`nullif(jsonb_strip_nulls(jsonb_build_object(
  'following', nullif(${follows.active}, false),
  'home', nullif(${follows.active} and ${follows.home}, false),
  'blocking', nullif(${follows.blockId} is not null, false),
  'blockedBy', nullif(${follows.blockedBy}, false),
  'mute', case when ${follows.muteId} is not null then jsonb_build_object('notifications', ${follows.muteNotifications},
    'until', (extract(epoch from ${follows.mutedUntil}) * 1000)::bigint) end)), '{}')`

/** What a statement that changes the row is to return, for the cache. */
export const tieColumns = { version: follows.version, value: tieOfRow }
export type TieRow = Versioned<Tie>

export const tieCard = defineCard<Edge, Tie>({
  name: "tie",
  shape: 1,
  ttlSeconds: 6 * 3600,
  absentTtlSeconds: 3600,
  idText: ({ followerId, followeeId }) => `${followerId}>${followeeId}`,
  rows: (edges) => sql`
    select 'tie' as kind, follower_id || '>' || followee_id as key, ${follows.version}, ${tieOfRow} as card
    from unnest(${bigints(edges.map((each) => each.followerId))},
      ${bigints(edges.map((each) => each.followeeId))}) as wanted (follower_id, followee_id)
    join ${follows} using (follower_id, followee_id)`,
})
