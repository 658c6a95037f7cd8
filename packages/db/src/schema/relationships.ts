import { sql } from "drizzle-orm"
import { boolean, index, integer, pgTable, primaryKey, timestamp } from "drizzle-orm/pg-core"
import type { AccountId, Id } from "../ids.ts"
import { createdAt, id, moment } from "./columns.ts"

/**
 * How an account stands to another one: whether it follows, blocks or mutes it, and is blocked by it. What ends leaves
 * the row, `active` false of a follow: its version orders caches.
 */
export const follows = pgTable(
  "follows",
  {
    followerId: id<AccountId>("follower_id").notNull(),
    followeeId: id<AccountId>("followee_id").notNull(),
    active: boolean("active").notNull(),
    /** Whether its posts belong on the follower's home timeline: not while it is on a list that is exclusive. */
    home: boolean("home").notNull().default(true),
    /** Set while it blocks the other one, whose own row says `blockedBy` then. */
    blockId: id<Id<"block">>("block_id"),
    blockedBy: boolean("blocked_by").notNull().default(false),
    /** Set while it mutes the other one, which `mutedUntil` ends by itself. */
    muteId: id<Id<"mute">>("mute_id"),
    muteNotifications: boolean("mute_notifications").notNull().default(true),
    mutedUntil: moment("muted_until"),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.followerId, table.followeeId] }),
    index("follows_blocks").on(table.followerId, table.blockId).where(sql`block_id is not null`),
    index("follows_mutes").on(table.followerId, table.muteId).where(sql`mute_id is not null`),
    index("follows_barred")
      .on(table.followerId, table.followeeId)
      .where(sql`block_id is not null or blocked_by or mute_id is not null`),
    index("follows_former").on(table.followeeId, table.followerId).where(sql`not active`),
  ],
)

/** The same edges under the followed account, active ones only: what fan-out walks. */
export const followers = pgTable(
  "followers",
  {
    followeeId: id<AccountId>("followee_id").notNull(),
    followerId: id<AccountId>("follower_id").notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.followeeId, table.followerId] })],
)

/** Authors whose posts are merged when a home timeline is read, not pushed to each follower, and until when. */
export const mergedAuthors = pgTable("merged_authors", {
  accountId: id<AccountId>("account_id").primaryKey(),
  until: timestamp("until", { withTimezone: true, precision: 3 }).notNull(),
})
