import { sql } from "drizzle-orm"
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core"
import type { AccountId, Id, MediaId, PostId } from "../ids.ts"
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
    /** Of the comments that answer this very post and that whoever sees it may see. */
    repliesCount: integer("replies_count").notNull().default(0),
    hasPhotos: boolean("has_photos").notNull().default(true),
    /** Whether timelines show it: comments stand under their post. */
    inFeeds: boolean("in_feeds").notNull().default(true),
    /** Of a comment; null again when what it answered is gone. */
    inReplyToId: id<PostId>("in_reply_to_id"),
    inReplyToAccountId: id<AccountId>("in_reply_to_account_id"),
    /** Of a comment: the post that began the thread. */
    threadOwnerId: id<AccountId>("thread_owner_id"),
    threadId: id<PostId>("thread_id"),
    /** Whose followers may see it while it is private; null for the author's own. */
    audienceId: id<AccountId>("audience_id"),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
    editedAt: moment("edited_at"),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.id] }),
    index("posts_public").on(table.id, table.ownerId).where(sql`visibility = 'public'`),
    index("posts_public_feed").on(table.id, table.ownerId).where(sql`visibility = 'public' and in_feeds`),
    index("posts_photos").on(table.ownerId, table.id).where(sql`has_photos`),
  ],
)

/** A photo as an earlier version of its post showed it. */
export interface RevisedPhoto {
  id: MediaId
  description: string | null
}

/** What an edited post said before, numbered from 1. */
export const postRevisions = pgTable(
  "post_revisions",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    postId: id<PostId>("post_id").notNull(),
    revision: integer("revision").notNull(),
    caption: text("caption").notNull(),
    spoilerText: text("spoiler_text").notNull(),
    sensitive: boolean("sensitive").notNull(),
    photos: jsonb("photos").$type<RevisedPhoto[]>().notNull(),
    /** Since when it said that. */
    createdAt: moment("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.postId, table.revision] })],
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
  (table) => [
    primaryKey({ columns: [table.ownerId, table.postId, table.accountId] }),
    index("favourites_former").on(table.accountId, table.postId).where(sql`not active`),
  ],
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

/** A comment, under the owner of the post that began its thread. */
export const comments = pgTable(
  "comments",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    /** The post that began the thread. */
    postId: id<PostId>("post_id").notNull(),
    /** The comment's own. */
    id: id<PostId>("id").notNull(),
    /** What it answers: the post, or another comment. */
    parentId: id<PostId>("parent_id").notNull(),
    /** Who wrote it. */
    accountId: id<AccountId>("account_id").notNull(),
    /** Whether whoever sees what it answers may see it, too. */
    counted: boolean("counted").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.postId, table.id] }),
    index("comments_answers").on(table.ownerId, table.postId, table.parentId, table.id),
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
