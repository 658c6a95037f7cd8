import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core"
import type { AccountId, PostId } from "../ids.ts"
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
  (table) => [primaryKey({ columns: [table.ownerId, table.id] })],
)

/** Who owns which post: a lookup table, so that a bare id finds its shard. */
export const postOwners = pgTable("post_owners", {
  postId: id<PostId>("post_id").primaryKey(),
  ownerId: id<AccountId>("owner_id").notNull(),
})

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
