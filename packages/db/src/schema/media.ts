import { sql } from "drizzle-orm"
import {
  boolean,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core"
import type { AccountId, MediaId, PostId } from "../ids.ts"
import { createdAt, id } from "./columns.ts"

export const media = pgTable(
  "media",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    id: id<MediaId>("id").notNull(),
    purpose: text("purpose", { enum: ["post", "avatar", "header"] }).notNull(),
    state: text("state", { enum: ["queued", "processing", "ready", "failed"] })
      .notNull()
      .default("queued"),
    /** Why it failed, in words for the member. */
    failure: text("failure"),
    /** Fencing token: raised before each attempt; only the newest attempt may write its result. */
    attempt: integer("attempt").notNull().default(0),
    /** The attempt whose renditions are the valid ones. */
    readyAttempt: integer("ready_attempt"),
    /** From when on somebody may make its AVIF; null when they are there, or it is not developed. */
    refineAt: timestamp("refine_at", { precision: 3, withTimezone: true }),
    originalSha256: text("original_sha256").notNull(),
    originalBytes: integer("original_bytes").notNull(),
    originalType: text("original_type").notNull(),
    originalWidth: integer("original_width"),
    originalHeight: integer("original_height"),
    /** Of the largest rendition. */
    width: integer("width"),
    height: integer("height"),
    blurhash: text("blurhash"),
    animated: boolean("animated").notNull().default(false),
    description: text("description"),
    focusX: doublePrecision("focus_x").notNull().default(0),
    focusY: doublePrecision("focus_y").notNull().default(0),
    postId: id<PostId>("post_id"),
    position: integer("position").notNull().default(0),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.id] }),
    index("media_post").on(table.ownerId, table.postId),
    index("media_unrefined").on(table.refineAt).where(sql`refine_at is not null`),
    index("media_portraits").on(table.createdAt).where(sql`purpose <> 'post'`),
  ],
)
