export type { ClassChange, JobClass, JobKey, PageRequest } from "@tintype/queue"
export { listJobAudit } from "./audit.ts"
export { changeJobClass, listJobClasses, listJobMinutes } from "./classes.ts"
export {
  type Chosen,
  discardDeadLetters,
  editDeadLetter,
  listDeadLetters,
  retryDeadLetters,
} from "./dead-letters.ts"
export { parseJobClass, parseJobKey, parseOwner } from "./job-key.ts"
export { cancelJob, getJob } from "./job-life.ts"
export { type Operator, operatorOf, shellOperator } from "./operator.ts"
export type { PageView } from "./pages.ts"
export { listScheduleRuns, listSchedules, type ScheduleAct, steerSchedule } from "./schedules.ts"
export { searchJobRuns, searchJobs } from "./search.ts"
export { listWorkers } from "./workers.ts"
export {
  cancelWorkflowRun,
  getWorkflowRun,
  listWorkflowItems,
  listWorkflowRuns,
  retryWorkflowStep,
  signalWorkflowStep,
} from "./workflows.ts"
