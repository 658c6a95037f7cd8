import { sql } from "drizzle-orm"
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core"
import type { AccountId, Id, PostId } from "../ids.ts"
import { createdAt, id, moment } from "./columns.ts"

export interface Mention {
  id: AccountId
  username: string
}

export const posts = pgTable(
  "posts",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    id: id<PostId>("id").notNull(),
    caption: text("caption").notNull(),
    visibility: text("visibility", { enum: ["public", "unlisted", "private", "direct"] }).notNull(),
    sensitive: boolean("sensitive").notNull(),
    spoilerText: text("spoiler_text").notNull(),
    language: text("language"),
    application: jsonb("application").$type<{ name: string; website: string | null }>(),
    mentions: jsonb("mentions").$type<Mention[]>().notNull(),
    tags: text("tags").array().notNull(),
    favouritesCount: integer("favourites_count").notNull().default(0),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
    editedAt: moment("edited_at"),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.id] }),
    index("posts_public").on(table.id, table.ownerId).where(sql`visibility = 'public'`),
  ],
)

/** Who owns which post: a lookup table, so that a bare id finds its shard. */
export const postOwners = pgTable("post_owners", {
  postId: id<PostId>("post_id").primaryKey(),
  ownerId: id<AccountId>("owner_id").notNull(),
})

/** The public posts of a tag, newest last: a lookup table, as tags have no owner. */
export const postTags = pgTable(
  "post_tags",
  {
    tag: text("tag").notNull(),
    postId: id<PostId>("post_id").notNull(),
    ownerId: id<AccountId>("owner_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tag, table.postId] })],
)

/** A like, under the owner of the post. Taken back, the row stays with `active` false: its version orders caches. */
export const favourites = pgTable(
  "favourites",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    postId: id<PostId>("post_id").notNull(),
    accountId: id<AccountId>("account_id").notNull(),
    active: boolean("active").notNull(),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.postId, table.accountId] })],
)

/** The same likes under the account that gave them, active ones only, in the order in which they were given. */
export const likes = pgTable(
  "likes",
  {
    accountId: id<AccountId>("account_id").notNull(),
    id: id<Id<"like">>("id").notNull(),
    postId: id<PostId>("post_id").notNull(),
    ownerId: id<AccountId>("owner_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.id] }),
    uniqueIndex("likes_post").on(table.accountId, table.postId),
  ],
)

/** A bookmark, under its account. Taken back, the row stays with `active` false: its version orders caches. */
export const bookmarks = pgTable(
  "bookmarks",
  {
    accountId: id<AccountId>("account_id").notNull(),
    postId: id<PostId>("post_id").notNull(),
    ownerId: id<AccountId>("owner_id").notNull(),
    /** Of the last time it was made. */
    id: id<Id<"bookmark">>("id").notNull(),
    active: boolean("active").notNull(),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.postId] }),
    index("bookmarks_newest").on(table.accountId, table.id).where(sql`active`),
    index("bookmarks_post").on(table.ownerId, table.postId),
  ],
)

/** What an Idempotency-Key led to, written in the transaction of its effect. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    accountId: id<AccountId>("account_id").notNull(),
    key: text("key").notNull(),
    requestHash: text("request_hash").notNull(),
    postId: id<PostId>("post_id").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.key] }),
    index("idempotency_keys_age").on(table.accountId, table.createdAt),
  ],
)
