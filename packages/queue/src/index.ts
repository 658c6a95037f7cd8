export { type AtOnceHandlers, doAtOnce } from "./at-once.ts"
export { type AuditAction, type AuditEntry, listAudit } from "./audit.ts"
export type { Classes } from "./consumers.ts"
export { attendedClasses } from "./control/attendance.ts"
export { type CancelOptions, cancelJob } from "./control/cancel-job.ts"
export {
  type ClassChange,
  type ClassSettings,
  changeClass,
  readClassSettings,
} from "./control/class-settings.ts"
export {
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetters,
  forgetDeadLetters,
  openDeadLetters,
} from "./dead-letters.ts"
export {
  type DomainEvent,
  defineEvent,
  defineSubscriber,
  type EventPayload,
  type Subscriber,
  type Subscribers,
  subscribersOf,
} from "./define-event.ts"
export { defineJob, type Job, type JobOptions, type PayloadOf, type Unique } from "./define-job.ts"
export { enqueue, enqueueAll, type NewJob, type QueuedJob } from "./enqueue.ts"
export { AlreadyDone, PermanentFailure } from "./errors.ts"
export { type ClassDepth, MOST_COUNTED, readClassDepths } from "./figures/class-depths.ts"
export {
  forgetMinutes,
  type Minutes,
  type MinutesWanted,
  measureMinutes,
  readMinutes,
} from "./figures/minutes.ts"
export { registerBacklog, registerRuns } from "./figures/register-jobs.ts"
export type { Catalogue, Death, DeathHooks, Handler, Handlers, Run } from "./handlers.ts"
export { dropOldRuns } from "./history.ts"
export { JOB_CLASSES, type JobClass } from "./job-class.ts"
export type { JobKey } from "./ledger.ts"
export { openQueue, type Queue, type QueueOptions } from "./open-queue.ts"
export type { Page, PageRequest } from "./pages.ts"
export type { RunningJob, WorkerProcess } from "./presence.ts"
export { type Bounds, createPressure, type Pressure } from "./pressure.ts"
export { defineSchedule, type Schedule, type ScheduleOptions } from "./schedules/define-schedule.ts"
export {
  forgetScheduleRuns,
  listScheduleRuns,
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  runScheduleNow,
  type ScheduleRunView,
  type ScheduleView,
} from "./schedules/operate-schedules.ts"
export { SYSTEM } from "./schedules/start-due.ts"
export { type JobFilter, type JobState, readJob, searchJobs, type UnfinishedJob } from "./search-jobs.ts"
export { type JobRun, type RunFilter, searchRuns } from "./search-runs.ts"
export { startWorkers, type Workers, type WorkersOptions } from "./start-workers.ts"
export { cancelRun, type SignalOutcome, signalRun } from "./workflows/change-run.ts"
export { defineWorkflow, type Workflow, type WorkflowOptions } from "./workflows/define-workflow.ts"
export {
  handleWorkflow,
  type WorkflowWorkerOptions,
  workflowDeathHooks,
} from "./workflows/handle-workflow.ts"
export {
  type AnyWorkflow,
  type OperateOptions,
  operateWorkflows,
  type WorkflowOperations,
} from "./workflows/operate-workflows.ts"
export {
  listWorkflowItems,
  listWorkflowRuns,
  readWorkflowRun,
  type StepStateView,
  type WorkflowItemView,
  type WorkflowRunDetails,
  type WorkflowRunFilter,
  type WorkflowRunView,
  type WorkflowStepView,
} from "./workflows/read-workflows.ts"
export type { RunKey } from "./workflows/run-rows.ts"
export { type StartedRun, startWorkflow } from "./workflows/start-workflow.ts"
export type { StepKind } from "./workflows/step-spec.ts"
export { forgetWorkflowRuns, mendWorkflowRuns } from "./workflows/tidy-workflows.ts"
export type { DoRun, StepRun, UndoRun, WorkflowHandlers } from "./workflows/workflow-handlers.ts"
