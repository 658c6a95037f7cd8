import { type Static, Type } from "typebox"
import { JOB_CLASSES } from "../limits.ts"
import { DateTime, IdText, named, orNull, TextOrNull } from "../schema-parts.ts"

const JobId = Type.String({ format: "uuid" })

export const JobClassName = Type.Enum([...JOB_CLASSES])

const job = { owner_id: IdText, id: JobId, name: Type.String(), class: Type.String() }

export const UnfinishedJob = named(
  "UnfinishedJob",
  Type.Object({
    ...job,
    state: Type.Enum(["waiting", "running", "delayed"]),
    payload: Type.Unknown(),
    attempts: Type.Integer({ description: "Runs begun" }),
    failures: Type.Integer(),
    last_error: TextOrNull,
    created_at: DateTime,
    due_at: DateTime,
    started_at: orNull(DateTime),
    worker: TextOrNull,
    trace_id: TextOrNull,
  }),
)
export type UnfinishedJob = Static<typeof UnfinishedJob>

export const DeadLetter = named(
  "DeadLetter",
  Type.Object({
    ...job,
    payload: Type.Unknown(),
    reason: TextOrNull,
    error: TextOrNull,
    attempts: Type.Integer(),
    died_at: DateTime,
    created_at: DateTime,
    trace_id: TextOrNull,
  }),
)
export type DeadLetter = Static<typeof DeadLetter>

export const Schedule = named(
  "Schedule",
  Type.Object({
    name: Type.String(),
    job: Type.String(),
    cron: Type.String(),
    time_zone: Type.String(),
    overlap: Type.String(),
    missed: Type.String(),
    paused: Type.Boolean(),
    next: Type.Array(DateTime, { description: "The next five times; none while it is paused" }),
  }),
)
export type Schedule = Static<typeof Schedule>

export const ScheduleRun = named(
  "ScheduleRun",
  Type.Object({
    planned_at: DateTime,
    cause: Type.String({ description: "`time`, `late` when it was made up for, `hand`" }),
    outcome: Type.String({
      description:
        "How its job ended, or `running`; `skipped`, `missed` or `replaced` when it had none to the end",
    }),
    owner_id: IdText,
    job_id: orNull(JobId),
    started_at: orNull(DateTime),
    finished_at: orNull(DateTime),
  }),
)
export type ScheduleRun = Static<typeof ScheduleRun>
