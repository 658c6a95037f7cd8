import { integer, pgTable, primaryKey, real, text } from "drizzle-orm/pg-core"
import { moment } from "./columns.ts"

/** `paused`: no run begins. `draining`: nothing new is taken, what is there is done. */
const CLASS_STATES = ["running", "paused", "draining"] as const

export type JobClassState = (typeof CLASS_STATES)[number]

/** What an operator told a class of jobs. Without a row it runs, as its processes are set. */
export const jobClasses = pgTable("job_classes", {
  class: text("class").primaryKey(),
  state: text("state", { enum: CLASS_STATES }).notNull().default("running"),
  /** Jobs at once in each process, instead of what the process is set to. */
  concurrency: integer("concurrency"),
  changedAt: moment("changed_at").notNull().defaultNow(),
})

/** How the runs of a class did that ended within a minute. */
export const jobMinutes = pgTable(
  "job_minutes",
  {
    at: moment("at").notNull(),
    class: text("class").notNull(),
    runs: integer("runs").notNull(),
    failed: integer("failed").notNull(),
    /** From when it could begin until it did: p50, p95 and p99, in milliseconds. */
    waitMs: real("wait_ms").array().notNull(),
    /** From its beginning to its end: the same. */
    runMs: real("run_ms").array().notNull(),
    measuredAt: moment("measured_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.at, table.class] })],
)
