import { sql } from "drizzle-orm"
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core"
import type { AccountId } from "../ids.ts"
import { createdAt, id, moment } from "./columns.ts"

/**
 * Jobs that are not done. A row is written in the transaction that wants the job and deleted in the transaction of
 * the job's effect, so the row is at once the promise that it will run and the proof that it has not yet.
 */
export const outbox = pgTable(
  "outbox",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    payload: jsonb("payload").notNull(),
    /** Not to be run before. */
    dueAt: moment("due_at").notNull().defaultNow(),
    /** When the sweeper sends it to the queue unless it is done by then: two seconds after whoever enqueued it should have. */
    resendAt: moment("resend_at").notNull().default(sql`now() + interval '2 seconds'`),
    /** Runs begun, counted before each one begins: the number of the run is its fencing token. */
    attempts: integer("attempts").notNull().default(0),
    /** Runs that reported their failure. */
    failures: integer("failures").notNull().default(0),
    /** Runs that have not reported their end: 1 while a worker has it, and left standing by a process that died. */
    unreported: integer("unreported").notNull().default(0),
    lastError: text("last_error"),
    /** Given up: a dead letter, never sent again by itself. */
    deadAt: moment("dead_at"),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.id] }),
    index("outbox_resend").on(table.resendAt).where(sql`dead_at is null`),
  ],
)

/** One row. The queue's Redis holds the same value; one that does not has lost its jobs or is a new one. */
export const queueEpoch = pgTable("queue_epoch", {
  id: integer("id").primaryKey(),
  value: uuid("value").notNull().default(sql`gen_random_uuid()`),
})
