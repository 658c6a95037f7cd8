import { boolean, integer, pgTable, primaryKey, timestamp } from "drizzle-orm/pg-core"
import type { AccountId } from "../ids.ts"
import { createdAt, id } from "./columns.ts"

/** Whom an account follows. Unfollowed, the row stays with `active` false: its version orders caches. */
export const follows = pgTable(
  "follows",
  {
    followerId: id<AccountId>("follower_id").notNull(),
    followeeId: id<AccountId>("followee_id").notNull(),
    active: boolean("active").notNull(),
    /** Whether its posts belong on the follower's home timeline: not while it is on a list that is exclusive. */
    home: boolean("home").notNull().default(true),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.followerId, table.followeeId] })],
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
