import { Type } from "typebox"
import {
  AuditEntry,
  DeadLetter,
  JobClass,
  JobClassName,
  JobLife,
  JobMinutes,
  JobRun,
  Schedule,
  ScheduleRun,
  UnfinishedJob,
  WorkerProcess,
} from "../entities/jobs.ts"
import { WorkflowItem, WorkflowRun, WorkflowRunDetails } from "../entities/workflows.ts"
import { route } from "../route.ts"
import { DateTime, IdText, orNull } from "../schema-parts.ts"

const BASE = "/api/tintype/v1/admin/jobs"

const look = { method: "GET", tag: "admin/jobs", auth: "admin", scope: "admin:read" } as const
const act = { tag: "admin/jobs", auth: "admin", scope: "admin:write" } as const

const JobId = Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" })
const Key = Type.Object({ owner: IdText, id: JobId })
const Text = Type.String({ minLength: 1, maxLength: 200 })
const StepKey = Type.Object({ owner: IdText, id: JobId, step: Text })
const Named = Type.Object({ name: Text })

const paging = {
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  after: Type.Optional(Type.String({ maxLength: 80, description: "`next` of the page before" })),
}
const page = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Object({ items: Type.Array(item), next: orNull(Type.String()) })

const which = {
  name: Type.Optional(Text),
  class: Type.Optional(JobClassName),
  owner: Type.Optional(IdText),
}
const when = { from: Type.Optional(DateTime), to: Type.Optional(DateTime) }
const REASONS = ["refused", "exhausted", "crashed", "late", "payload", "unknown", "cancelled"] as const
const deadFilter = { ...which, reason: Type.Optional(Type.Enum([...REASONS])) }

/** These, or up to 1000 that have something in common. */
const Chosen = Type.Object({
  jobs: Type.Optional(Type.Array(Type.Object({ owner_id: IdText, id: JobId }), { maxItems: 1000 })),
  filter: Type.Optional(Type.Object(deadFilter)),
})
const Count = Type.Object({ count: Type.Integer() })

export const jobRoutes = {
  listJobClasses: route({
    ...look,
    url: `${BASE}/classes`,
    summary: "Each class of jobs: what waits, what runs, what an operator told it",
    response: { 200: Type.Array(JobClass) },
  }),
  changeJobClass: route({
    ...act,
    method: "PATCH",
    url: `${BASE}/classes/:class`,
    summary: "Pause, drain or resume a class; set how many jobs a process does at once (null: as it is set)",
    params: Type.Object({ class: JobClassName }),
    body: Type.Object({
      state: Type.Optional(Type.Enum(["running", "paused", "draining"])),
      // One schema with two types: of a union, 0 would be taken for null.
      concurrency: Type.Optional(
        Type.Unsafe<number | null>({ type: ["integer", "null"], minimum: 1, maximum: 1000 }),
      ),
    }),
    response: { 200: JobClass },
  }),
  listJobMinutes: route({
    ...look,
    url: `${BASE}/minutes`,
    summary: "How classes did over the last hours; in 60 steps, each as the slowest of its minutes",
    query: Type.Object({
      class: Type.Optional(JobClassName),
      hours: Type.Integer({ minimum: 1, maximum: 48, default: 1 }),
    }),
    response: { 200: Type.Array(JobMinutes) },
  }),
  listWorkers: route({
    ...look,
    url: `${BASE}/workers`,
    summary: "The processes that take jobs, as each told of itself within the last five seconds",
    response: { 200: Type.Array(WorkerProcess) },
  }),
  searchJobs: route({
    ...look,
    url: `${BASE}/unfinished`,
    summary: "Jobs that are neither done nor given up, the one that should run first first",
    query: Type.Object({
      ...which,
      ...when,
      state: Type.Optional(Type.Enum(["waiting", "running", "delayed"])),
      ...paging,
    }),
    response: { 200: page(UnfinishedJob) },
  }),
  searchJobRuns: route({
    ...look,
    url: `${BASE}/runs`,
    summary: "Runs that have ended, the newest first",
    query: Type.Object({
      ...which,
      ...when,
      state: Type.Optional(Type.Enum(["done", "failed", "dead", "dropped", "released", "lost", "cancelled"])),
      job: Type.Optional(JobId),
      trace: Type.Optional(Text),
      ...paging,
    }),
    response: { 200: page(JobRun) },
  }),
  getJob: route({
    ...look,
    url: `${BASE}/jobs/:owner/:id`,
    summary: "A job's whole life: what it is now, its runs, what was done to it by hand",
    params: Key,
    response: { 200: JobLife },
    refusals: [404],
  }),
  cancelJob: route({
    ...act,
    method: "POST",
    url: `${BASE}/jobs/:owner/:id/cancel`,
    summary: "End a job wherever it is; it becomes a dead letter",
    params: Key,
    response: { 200: JobLife },
    refusals: [404],
  }),
  listDeadLetters: route({
    ...look,
    url: `${BASE}/dead`,
    summary: "Jobs that were given up, the newest first",
    query: Type.Object({ ...deadFilter, ...paging }),
    response: { 200: page(DeadLetter) },
  }),
  editDeadLetter: route({
    ...act,
    method: "PUT",
    url: `${BASE}/dead/:owner/:id`,
    summary: "Put another payload into a dead letter; it has to fit the job",
    params: Key,
    body: Type.Object({ payload: Type.Unknown() }),
    response: { 200: DeadLetter },
    refusals: [404],
  }),
  retryDeadLetters: route({
    ...act,
    method: "POST",
    url: `${BASE}/dead/retry`,
    summary: "Send dead letters again with all their attempts: `jobs`, or up to 1000 that `filter` finds",
    body: Chosen,
    response: { 200: Count },
  }),
  discardDeadLetters: route({
    ...act,
    method: "POST",
    url: `${BASE}/dead/discard`,
    summary: "Remove dead letters for good: `jobs`, or up to 1000 that `filter` finds",
    body: Chosen,
    response: { 200: Count },
  }),
  listSchedules: route({
    ...look,
    url: `${BASE}/schedules`,
    summary: "What the instance does at certain times",
    response: { 200: Type.Array(Schedule) },
  }),
  listScheduleRuns: route({
    ...look,
    url: `${BASE}/schedules/:name/runs`,
    summary: "What became of a schedule's times, the newest first",
    params: Named,
    query: Type.Object(paging),
    response: { 200: page(ScheduleRun) },
  }),
  steerSchedule: route({
    ...act,
    method: "POST",
    url: `${BASE}/schedules/:name/:act`,
    summary: "Run a schedule now, pause or resume it",
    params: Type.Object({ name: Text, act: Type.Enum(["run", "pause", "resume"]) }),
    response: { 200: Type.Array(Schedule) },
    refusals: [404],
  }),
  listWorkflowRuns: route({
    ...look,
    url: `${BASE}/workflows`,
    summary: "Runs of workflows, the newest first",
    query: Type.Object({
      name: Type.Optional(Text),
      owner: Type.Optional(IdText),
      state: Type.Optional(Type.Enum(["running", "undoing", "done", "failed", "cancelled"])),
      ...when,
      ...paging,
    }),
    response: { 200: page(WorkflowRun) },
  }),
  getWorkflowRun: route({
    ...look,
    url: `${BASE}/workflows/:owner/:id`,
    summary: "A run of a workflow: its graph, and how each step stands",
    params: Key,
    response: { 200: WorkflowRunDetails },
    refusals: [404],
  }),
  listWorkflowItems: route({
    ...look,
    url: `${BASE}/workflows/:owner/:id/steps/:step/items`,
    summary: "The items of a step that goes over a list, in the list's order",
    params: StepKey,
    query: Type.Object(paging),
    response: { 200: page(WorkflowItem) },
    refusals: [404],
  }),
  cancelWorkflowRun: route({
    ...act,
    method: "POST",
    url: `${BASE}/workflows/:owner/:id/cancel`,
    summary: "Stop a run of a workflow and have what it did taken back",
    params: Key,
    response: { 200: WorkflowRunDetails },
    refusals: [404],
  }),
  retryWorkflowStep: route({
    ...act,
    method: "POST",
    url: `${BASE}/workflows/:owner/:id/steps/:step/retry`,
    summary: "Try a failed step again",
    params: StepKey,
    response: { 200: WorkflowRunDetails },
    refusals: [404, 409],
  }),
  signalWorkflowStep: route({
    ...act,
    method: "POST",
    url: `${BASE}/workflows/:owner/:id/steps/:step/signal`,
    summary: "Give a step the word that it waits for, or will wait for; the first one counts",
    params: StepKey,
    body: Type.Object({ payload: Type.Optional(Type.Unknown({ description: "null when left out" })) }),
    response: { 200: WorkflowRunDetails },
    refusals: [404, 409],
  }),
  listJobAudit: route({
    ...look,
    url: `${BASE}/audit`,
    summary: "What was done to jobs by hand, the newest first",
    query: Type.Object({ subject: Type.Optional(Text), ...paging }),
    response: { 200: page(AuditEntry) },
  }),
} as const
