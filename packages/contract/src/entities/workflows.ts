import { type Static, Type } from "typebox"
import { DateTime, IdText, named, orNull, TextOrNull } from "../schema-parts.ts"

const RunId = Type.String({ format: "uuid" })
const Progress = Type.Object({ done: Type.Integer(), total: Type.Integer() })

const run = {
  owner_id: IdText,
  id: RunId,
  name: Type.String(),
  state: Type.String({ description: "`running`, `undoing`, `done`, `failed` or `cancelled`" }),
  error: TextOrNull,
  progress: Progress,
  trace_id: TextOrNull,
  created_at: DateTime,
  ended_at: orNull(DateTime),
}

export const WorkflowRun = named("WorkflowRun", Type.Object(run))
export type WorkflowRun = Static<typeof WorkflowRun>

export const WorkflowStep = named(
  "WorkflowStep",
  Type.Object({
    name: Type.String(),
    kind: Type.String(),
    class: Type.String(),
    after: Type.Array(Type.String(), { description: "The steps that it waits for" }),
    state: Type.String(),
    error: TextOrNull,
    job_id: orNull(RunId),
    attempts: Type.Integer(),
    worker: TextOrNull,
    queued_at: orNull(DateTime),
    started_at: orNull(DateTime),
    ended_at: orNull(DateTime),
    due_at: orNull(DateTime),
    items: orNull(Type.Object({ total: Type.Integer(), done: Type.Integer(), active: Type.Integer() })),
    progress: orNull(Progress),
    result: orNull(
      Type.String({ description: "What it gave on, or its word was, as JSON; the first 500 characters" }),
    ),
    told: Type.Boolean({ description: "Of a signal: it has had its word, maybe before it waits for it" }),
    expects: Type.Unknown({ description: "Of a signal: the JSON Schema of its word; null where unknown" }),
  }),
)
export type WorkflowStep = Static<typeof WorkflowStep>

export const WorkflowItem = named(
  "WorkflowItem",
  Type.Object({
    index: Type.Integer(),
    value: Type.String({ description: "As JSON; the first 500 characters" }),
    state: Type.String(),
    error: TextOrNull,
    job_id: orNull(RunId),
    attempts: Type.Integer(),
    worker: TextOrNull,
    started_at: orNull(DateTime),
    ended_at: orNull(DateTime),
    due_at: orNull(DateTime),
    result: orNull(Type.String({ description: "As JSON; the first 500 characters" })),
  }),
)
export type WorkflowItem = Static<typeof WorkflowItem>

export const WorkflowRunDetails = named(
  "WorkflowRunDetails",
  Type.Object({ ...run, input: Type.Unknown(), steps: Type.Array(WorkflowStep) }),
)
export type WorkflowRunDetails = Static<typeof WorkflowRunDetails>
