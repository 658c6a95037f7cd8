import { sql } from "drizzle-orm"
import { bigint, boolean, date, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core"
import type { AccountId, MediaId } from "../ids.ts"
import { createdAt, id, moment } from "./columns.ts"

/** The developed photo behind an avatar or a header. */
export interface Portrait {
  mediaId: MediaId
  attempt: number
  width: number
}

export const accounts = pgTable(
  "accounts",
  {
    id: id<AccountId>("id").primaryKey(),
    username: text("username").notNull(),
    displayName: text("display_name").notNull().default(""),
    note: text("note").notNull().default(""),
    role: text("role", { enum: ["member", "admin"] })
      .notNull()
      .default("member"),
    avatar: jsonb("avatar").$type<Portrait>(),
    header: jsonb("header").$type<Portrait>(),
    defaultVisibility: text("default_visibility", { enum: ["public", "unlisted", "private", "direct"] })
      .notNull()
      .default("public"),
    discoverable: boolean("discoverable").notNull().default(true),
    statusesCount: integer("statuses_count").notNull().default(0),
    followersCount: integer("followers_count").notNull().default(0),
    followingCount: integer("following_count").notNull().default(0),
    lastPostOn: date("last_post_on", { mode: "string" }),
    /** Raised whenever the set of accounts that this one follows changes: warm timelines built before are void. */
    graphVersion: integer("graph_version").notNull().default(1),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
    /** Since when it is gone for everybody: what is left of it is being erased. */
    deletedAt: moment("deleted_at"),
    /** Since when nothing is left but this row and the name. */
    erasedAt: moment("erased_at"),
  },
  (table) => [
    index("accounts_admins").on(table.id).where(sql`role = 'admin'`),
    index("accounts_unerased").on(table.id).where(sql`deleted_at is not null and erased_at is null`),
  ],
)

/** Who has which name: a lookup table, so that a name finds its owner without asking every shard. */
export const usernames = pgTable("usernames", {
  name: text("name").primaryKey(),
  accountId: id<AccountId>("account_id").notNull(),
})

const deltaColumns = {
  ownerId: id<AccountId>("owner_id").notNull(),
  subjectId: id("subject_id").notNull(),
  sequence: bigint("sequence", { mode: "bigint" }).notNull().generatedAlwaysAsIdentity(),
  delta: integer("delta").notNull(),
}

/** Changes of counters that many members may write at once; folded into the row they belong to by a job. */
export const counterDeltas = pgTable("counter_deltas", deltaColumns, (table) => [
  primaryKey({ columns: [table.ownerId, table.subjectId, table.sequence] }),
])

/** The same of counts of comments. */
export const replyDeltas = pgTable("reply_deltas", deltaColumns, (table) => [
  primaryKey({ columns: [table.ownerId, table.subjectId, table.sequence] }),
])

/** One row: what is true of the instance as a whole. */
export const instance = pgTable("instance", {
  id: integer("id").primaryKey(),
  firstAdminId: id<AccountId>("first_admin_id"),
  /** Raised whenever an author is added to those who are merged. */
  mergeEpoch: integer("merge_epoch").notNull().default(0),
})
