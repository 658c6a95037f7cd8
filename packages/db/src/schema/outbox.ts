import { sql } from "drizzle-orm"
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core"
import type { AccountId } from "../ids.ts"
import { createdAt, id, moment } from "./columns.ts"

/**
 * Jobs that are not finished. A row is written in the transaction of the operation that wants the job, and is
 * deleted in the transaction of the job's effect: as long as it stands, the job is due; once it is gone, it is done.
 */
export const outbox = pgTable(
  "outbox",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    payload: jsonb("payload").notNull(),
    dueAt: moment("due_at").notNull().defaultNow(),
    createdAt: createdAt(),
    /** When it was last handed to the queue; empty while nobody has, and after the queue was lost. */
    dispatchedAt: moment("dispatched_at"),
    /** Counted before each run; it is the fencing token of the run as well. */
    attempts: integer("attempts").notNull().default(0),
    lastError: text("last_error"),
    /** Set when it failed for good: kept to be looked at. */
    deadAt: moment("dead_at"),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.id] }),
    index("outbox_undispatched").on(table.createdAt).where(sql`dispatched_at is null and dead_at is null`),
  ],
)

/** One row: which queue Redis the dispatched jobs were given to. Another one there means that they are lost. */
export const queueEpoch = pgTable("queue_epoch", {
  id: integer("id").primaryKey(),
  epoch: text("epoch").notNull(),
})
