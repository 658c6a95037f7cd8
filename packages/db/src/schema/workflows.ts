import { sql } from "drizzle-orm"
import {
  bigint,
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

/** What a run does. `undoing` takes back what was done, before it is `failed` or `cancelled`. */
const RUN_STATES = ["running", "undoing", "done", "failed", "cancelled"] as const

/** `active`: some of its items are under way. `stuck`: it could not be taken back. */
const STEP_STATES = [
  "waiting",
  "queued",
  "sleeping",
  "listening",
  "active",
  "done",
  "failed",
  "cancelled",
  "undoing",
  "undone",
  "stuck",
] as const

export type WorkflowRunState = (typeof RUN_STATES)[number]
export type WorkflowStepState = (typeof STEP_STATES)[number]

export const workflowRuns = pgTable(
  "workflow_runs",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    state: text("state", { enum: RUN_STATES }).notNull().default("running"),
    /** What it will be when everything is taken back. */
    outcome: text("outcome", { enum: ["failed", "cancelled"] }),
    input: jsonb("input").notNull(),
    /** Of the runs of one workflow and owner with the same key one goes on at a time. */
    uniqueKey: text("unique_key"),
    error: text("error"),
    traceId: text("trace_id"),
    /** Counts what gets done, so that it can be taken back in the opposite order. */
    sequence: integer("sequence").notNull().default(0),
    createdAt: createdAt(),
    endedAt: moment("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.id] }),
    uniqueIndex("workflow_runs_unique")
      .on(table.ownerId, table.name, table.uniqueKey)
      .where(sql`unique_key is not null and ended_at is null`),
    index("workflow_runs_newest").on(table.createdAt, table.id),
    index("workflow_runs_name").on(table.name, table.createdAt, table.id),
    index("workflow_runs_state").on(table.state, table.createdAt, table.id),
    index("workflow_runs_ended").on(table.endedAt).where(sql`ended_at is not null`),
  ],
)

/** What steps and their items have in common. */
const work = {
  state: text("state", { enum: STEP_STATES }).notNull().default("waiting"),
  result: jsonb("result"),
  error: text("error"),
  /** The job that does it, or waits for it. */
  jobId: uuid("job_id"),
  /** The how-manieth thing of its run that got done. */
  sequence: integer("sequence"),
  attempts: integer("attempts").notNull().default(0),
  queuedAt: moment("queued_at"),
  startedAt: moment("started_at"),
  endedAt: moment("ended_at"),
}

export const workflowSteps = pgTable(
  "workflow_steps",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    runId: uuid("run_id").notNull(),
    step: text("step").notNull(),
    /** Its place in the declaration. */
    position: integer("position").notNull(),
    /** What it is and waits for, as declared when the run began. */
    spec: jsonb("spec").notNull(),
    ...work,
    /** What a signal brought, also before the step waits for it. */
    signal: jsonb("signal"),
    itemsTotal: integer("items_total"),
    itemsDone: integer("items_done").notNull().default(0),
    itemsActive: integer("items_active").notNull().default(0),
    /** Of its items' results, together. */
    resultBytes: integer("result_bytes").notNull().default(0),
    progressDone: bigint("progress_done", { mode: "number" }),
    progressTotal: bigint("progress_total", { mode: "number" }),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.runId, table.step] }),
    index("workflow_steps_going")
      .on(table.queuedAt)
      .where(sql`job_id is not null and state in ('queued', 'sleeping', 'listening', 'undoing')`),
  ],
)

/** The items of steps that go over a list. */
export const workflowItems = pgTable(
  "workflow_items",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    runId: uuid("run_id").notNull(),
    step: text("step").notNull(),
    index: integer("index").notNull(),
    value: jsonb("value").notNull(),
    ...work,
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.runId, table.step, table.index] }),
    index("workflow_items_waiting")
      .on(table.ownerId, table.runId, table.step, table.index)
      .where(sql`state = 'waiting'`),
    index("workflow_items_undo").on(table.ownerId, table.runId, table.sequence).where(sql`state = 'done'`),
    index("workflow_items_going")
      .on(table.queuedAt)
      .where(sql`job_id is not null and state in ('queued', 'undoing')`),
  ],
)
