import { sql } from "drizzle-orm"
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core"
import type { AccountId } from "../ids.ts"
import { createdAt, id, moment } from "./columns.ts"

/** Why a job was given up. */
const DEAD_REASONS = [
  /** It failed for good, or for the last time. */
  "refused",
  "exhausted",
  /** Its processes died under it. */
  "crashed",
  /** It did not start in time. */
  "late",
  /** Its payload does not fit, or no worker knows it. */
  "payload",
  "unknown",
  /** Somebody ended it by hand. */
  "cancelled",
] as const

export type DeadReason = (typeof DEAD_REASONS)[number]

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
    /** The queue it is sent to, as declared when it was written. */
    class: text("class").notNull().default(""),
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
    /** Of the newest run. */
    startedAt: moment("started_at"),
    worker: text("worker"),
    /** The request, or the run of another job, that wrote it. */
    traceId: text("trace_id"),
    /** The span that wrote it, as W3C `traceparent`, where traces are recorded. */
    traceParent: text("trace_parent"),
    /** Of the jobs of one name and owner with the same key one runs at a time. */
    uniqueKey: text("unique_key"),
    /** With a key: true while it waits and takes in further calls, false once it has begun. */
    joinable: boolean("joinable"),
    /** Given up: a dead letter, not sent again by itself. */
    deadAt: moment("dead_at"),
    deadReason: text("dead_reason", { enum: DEAD_REASONS }),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.id] }),
    index("outbox_resend").on(table.resendAt).where(sql`dead_at is null`),
    uniqueIndex("outbox_unique")
      .on(table.ownerId, table.name, table.uniqueKey, table.joinable)
      .where(sql`unique_key is not null and dead_at is null`),
    index("outbox_waiting").on(table.class, table.dueAt).where(sql`dead_at is null`),
    index("outbox_dead").on(table.deadAt, table.id).where(sql`dead_at is not null`),
    index("outbox_unknown").on(table.name).where(sql`dead_reason = 'unknown'`),
  ],
)

/** One row. The queue's Redis holds the same value; one that does not has lost its jobs or is a new one. */
export const queueEpoch = pgTable("queue_epoch", {
  id: integer("id").primaryKey(),
  value: uuid("value").notNull().default(sql`gen_random_uuid()`),
})
