import { sql } from "drizzle-orm"
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core"
import type { AccountId } from "../ids.ts"
import { id, moment } from "./columns.ts"

/**
 * How a run ended: `failed` will run again, `released` was given back, `lost` never told, as its process died,
 * `cancelled` had its job taken away.
 */
const RUN_STATES = ["done", "failed", "dead", "dropped", "released", "lost", "cancelled"] as const

export type RunState = (typeof RUN_STATES)[number]

/** What became of each run of a job; one partition a day, by the day on which it ended (UTC). */
export const jobRuns = pgTable(
  "job_runs",
  {
    finishedAt: moment("finished_at").notNull(),
    id: uuid("id").notNull(),
    jobId: uuid("job_id").notNull(),
    ownerId: id<AccountId>("owner_id").notNull(),
    name: text("name").notNull(),
    class: text("class").notNull(),
    attempt: integer("attempt").notNull(),
    state: text("state", { enum: RUN_STATES }).notNull(),
    queuedAt: moment("queued_at").notNull(),
    /** When the run could have begun. */
    dueAt: moment("due_at"),
    startedAt: moment("started_at"),
    worker: text("worker"),
    error: text("error"),
    /** The request, or the run, that the job comes from. */
    traceId: text("trace_id"),
  },
  (table) => [
    primaryKey({ columns: [table.finishedAt, table.id] }),
    index("job_runs_name").on(table.name, table.finishedAt, table.id),
    index("job_runs_class").on(table.class, table.finishedAt, table.id),
    index("job_runs_owner").on(table.ownerId, table.finishedAt, table.id),
    index("job_runs_job").on(table.jobId),
    index("job_runs_trace").on(table.traceId).where(sql`trace_id is not null`),
    index("job_runs_trouble").on(table.state, table.finishedAt, table.id).where(sql`state <> 'done'`),
  ],
)

/** Who did what to jobs by hand. */
export const jobAudit = pgTable(
  "job_audit",
  {
    at: moment("at").notNull().defaultNow(),
    id: uuid("id").notNull().default(sql`gen_random_uuid()`),
    actorId: id<AccountId>("actor_id").notNull(),
    action: text("action").notNull(),
    /** The job's id, or the name of the schedule or the class. */
    subject: text("subject").notNull(),
    detail: jsonb("detail").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.at, table.id] }),
    index("job_audit_subject").on(table.subject, table.at, table.id),
  ],
)
