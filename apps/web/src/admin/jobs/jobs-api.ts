import { endpoint } from "../../api.ts"

const BASE = "/api/tintype/v1/admin/jobs"

/** The calls of the window on jobs; apart from the others, so that members do not load them. */
export const jobsApi = {
  listJobClasses: endpoint<"listJobClasses">("GET", `${BASE}/classes`),
  changeJobClass: endpoint<"changeJobClass">("PATCH", `${BASE}/classes/:class`),
  listJobMinutes: endpoint<"listJobMinutes">("GET", `${BASE}/minutes`),
  listWorkers: endpoint<"listWorkers">("GET", `${BASE}/workers`),
  searchJobs: endpoint<"searchJobs">("GET", `${BASE}/unfinished`),
  searchJobRuns: endpoint<"searchJobRuns">("GET", `${BASE}/runs`),
  getJob: endpoint<"getJob">("GET", `${BASE}/jobs/:owner/:id`),
  cancelJob: endpoint<"cancelJob">("POST", `${BASE}/jobs/:owner/:id/cancel`),
  listDeadLetters: endpoint<"listDeadLetters">("GET", `${BASE}/dead`),
  editDeadLetter: endpoint<"editDeadLetter">("PUT", `${BASE}/dead/:owner/:id`),
  retryDeadLetters: endpoint<"retryDeadLetters">("POST", `${BASE}/dead/retry`),
  discardDeadLetters: endpoint<"discardDeadLetters">("POST", `${BASE}/dead/discard`),
  listSchedules: endpoint<"listSchedules">("GET", `${BASE}/schedules`),
  listScheduleRuns: endpoint<"listScheduleRuns">("GET", `${BASE}/schedules/:name/runs`),
  steerSchedule: endpoint<"steerSchedule">("POST", `${BASE}/schedules/:name/:act`),
  listWorkflowRuns: endpoint<"listWorkflowRuns">("GET", `${BASE}/workflows`),
  getWorkflowRun: endpoint<"getWorkflowRun">("GET", `${BASE}/workflows/:owner/:id`),
  listWorkflowItems: endpoint<"listWorkflowItems">("GET", `${BASE}/workflows/:owner/:id/steps/:step/items`),
  cancelWorkflowRun: endpoint<"cancelWorkflowRun">("POST", `${BASE}/workflows/:owner/:id/cancel`),
  retryWorkflowStep: endpoint<"retryWorkflowStep">("POST", `${BASE}/workflows/:owner/:id/steps/:step/retry`),
  signalWorkflowStep: endpoint<"signalWorkflowStep">(
    "POST",
    `${BASE}/workflows/:owner/:id/steps/:step/signal`,
  ),
  listJobAudit: endpoint<"listJobAudit">("GET", `${BASE}/audit`),
}
