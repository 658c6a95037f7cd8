import { sql } from "drizzle-orm"
import { pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core"
import type { AccountId } from "../ids.ts"
import { id, moment } from "./columns.ts"

/** What is to be done at certain times. */
export const schedules = pgTable("schedules", {
  name: text("name").primaryKey(),
  /** As the newest release declares it, JSON. */
  spec: text("spec").notNull(),
  nextAt: moment("next_at").notNull(),
  pausedAt: moment("paused_at"),
  /** Who wants a run now. */
  wantedBy: id<AccountId>("wanted_by"),
  /** The job of the newest run. */
  lastJob: uuid("last_job"),
  declaredAt: moment("declared_at").notNull().defaultNow(),
})

/** What became of each time of a schedule. */
export const scheduleRuns = pgTable(
  "schedule_runs",
  {
    schedule: text("schedule").notNull(),
    plannedAt: moment("planned_at").notNull(),
    id: uuid("id").notNull().default(sql`gen_random_uuid()`),
    cause: text("cause", { enum: ["time", "late", "hand"] }).notNull(),
    outcome: text("outcome", { enum: ["queued", "skipped", "missed", "replaced"] }).notNull(),
    jobId: uuid("job_id"),
    at: moment("at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.schedule, table.plannedAt, table.id] })],
)
