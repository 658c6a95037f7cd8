export type { JobClass, JobKey } from "@tintype/queue"
export {
  type Chosen,
  discardDeadLetters,
  editDeadLetter,
  listDeadLetters,
  retryDeadLetters,
} from "./dead-letters.ts"
export { parseJobClass, parseJobKey } from "./job-key.ts"
export { type Operator, operatorOf, shellOperator } from "./operator.ts"
export type { PageView } from "./pages.ts"
export { listScheduleRuns, listSchedules, type ScheduleAct, steerSchedule } from "./schedules.ts"
