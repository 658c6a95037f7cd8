import { type Static, Type } from "typebox"
import { JOB_CLASSES } from "../limits.ts"
import { DateTime, IdText, IntegerOrNull, named, orNull, TextOrNull } from "../schema-parts.ts"

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
    workflow_run_id: orNull(
      Type.String({
        format: "uuid",
        description: "The run of a workflow whose step it is; its owner is the job's",
      }),
    ),
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

export const JobRun = named(
  "JobRun",
  Type.Object({
    id: JobId,
    job_id: JobId,
    owner_id: IdText,
    name: Type.String(),
    class: Type.String(),
    attempt: Type.Integer(),
    state: Type.String({
      description: "`done`, `failed` (will run again), `dead`, `dropped`, `released`, `lost` or `cancelled`",
    }),
    queued_at: DateTime,
    due_at: orNull(DateTime),
    started_at: orNull(DateTime),
    finished_at: DateTime,
    worker: TextOrNull,
    error: TextOrNull,
    trace_id: TextOrNull,
  }),
)
export type JobRun = Static<typeof JobRun>

export const AuditEntry = named(
  "JobAuditEntry",
  Type.Object({
    id: JobId,
    at: DateTime,
    actor_id: IdText,
    actor: orNull(Type.String({ description: "User name; null for commands at a shell" })),
    action: Type.String(),
    subject: Type.String({ description: "A job's id, or the name of a schedule or a class" }),
    detail: Type.Unknown(),
  }),
)
export type AuditEntry = Static<typeof AuditEntry>

export const JobLife = named(
  "JobLife",
  Type.Object({
    unfinished: orNull(UnfinishedJob),
    dead: orNull(DeadLetter),
    runs: Type.Array(JobRun, { description: "The newest first, 200 at most" }),
    audit: Type.Array(AuditEntry),
  }),
)
export type JobLife = Static<typeof JobLife>

const Milliseconds = Type.Array(Type.Number(), {
  description: "p50, p95, p99 in milliseconds",
})

export const JobMinutes = named(
  "JobMinutes",
  Type.Object({
    class: Type.String(),
    at: DateTime,
    runs: Type.Integer(),
    failed: Type.Integer(),
    wait_ms: Milliseconds,
    run_ms: Milliseconds,
  }),
)
export type JobMinutes = Static<typeof JobMinutes>

export const JobClass = named(
  "JobClass",
  Type.Object({
    name: JobClassName,
    state: Type.Enum(["running", "paused", "draining"]),
    concurrency: IntegerOrNull,
    waiting: Type.Integer({ description: "That could begin; counted up to 10000" }),
    delayed: Type.Integer({ description: "Whose time is to come; counted up to 10000" }),
    running: Type.Integer(),
    oldest_seconds: orNull(
      Type.Number({ description: "For how long the oldest waiting job could have begun" }),
    ),
    dead: Type.Integer(),
    processes: Type.Integer({ description: "That work on it" }),
    slots: Type.Integer({ description: "Jobs at once, over all of them" }),
    unattended: Type.Boolean({ description: "Jobs wait and no process works on them" }),
  }),
)
export type JobClass = Static<typeof JobClass>

export const WorkerProcess = named(
  "WorkerProcess",
  Type.Object({
    name: Type.String(),
    host: Type.String(),
    pid: Type.Integer(),
    since: DateTime,
    memory_bytes: Type.Integer(),
    classes: Type.Array(
      Type.Object({
        name: Type.String(),
        concurrency: Type.Integer(),
        paused: Type.Boolean(),
        running: Type.Integer(),
      }),
    ),
    jobs: Type.Array(
      Type.Object({
        owner_id: IdText,
        id: JobId,
        name: Type.String(),
        class: Type.String(),
        attempt: Type.Integer(),
        started_at: DateTime,
      }),
      { description: "The 50 that have run longest" },
    ),
  }),
)
export type WorkerProcess = Static<typeof WorkerProcess>
