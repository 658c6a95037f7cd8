import {
  checkRenditionsJob,
  mendWorkflowsJob,
  reconcileCountsJob,
  reconcileFavouritesJob,
  reconcileFollowersJob,
  reconcileRepliesJob,
  resumeErasuresJob,
  sweepExportsJob,
  sweepFilesJob,
  sweepGrantsJob,
  sweepHistoryJob,
  sweepKeysJob,
  sweepOrphansJob,
  sweepPortraitsJob,
  sweepUploadsJob,
} from "@tintype/domain"
import { defineSchedule } from "@tintype/queue"

/** A sweep that is not over is not begun again; of those that were missed one is made up for. */
const sweep = { payload: {}, timeZone: "UTC", overlap: "skip", missed: "once" } as const

/** What the product does by itself, and when. */
export const schedules = [
  defineSchedule({ ...sweep, name: "media.sweep-uploads", job: sweepUploadsJob, cron: "0 7 * * * *" }),
  defineSchedule({ ...sweep, name: "media.sweep-files", job: sweepFilesJob, cron: "0 17 * * * *" }),
  defineSchedule({ ...sweep, name: "media.sweep-orphans", job: sweepOrphansJob, cron: "0 7 5 * * *" }),
  defineSchedule({ ...sweep, name: "accounts.sweep-exports", job: sweepExportsJob, cron: "0 47 * * * *" }),
  defineSchedule({ ...sweep, name: "posts.sweep-keys", job: sweepKeysJob, cron: "0 27 * * * *" }),
  defineSchedule({ ...sweep, name: "auth.sweep-grants", job: sweepGrantsJob, cron: "0 37 3 * * *" }),
  defineSchedule({ ...sweep, name: "jobs.sweep-history", job: sweepHistoryJob, cron: "0 47 0 * * *" }),
  defineSchedule({ ...sweep, name: "jobs.mend-workflows", job: mendWorkflowsJob, cron: "30 */10 * * * *" }),
  defineSchedule({
    ...sweep,
    name: "accounts.reconcile-followers",
    job: reconcileFollowersJob,
    cron: "0 7 4 * * *",
  }),
  defineSchedule({
    ...sweep,
    name: "posts.reconcile-favourites",
    job: reconcileFavouritesJob,
    cron: "0 37 4 * * *",
  }),
  defineSchedule({
    ...sweep,
    name: "posts.reconcile-replies",
    job: reconcileRepliesJob,
    cron: "0 52 4 * * *",
  }),
  defineSchedule({
    ...sweep,
    name: "accounts.reconcile-counts",
    job: reconcileCountsJob,
    cron: "0 22 4 * * *",
  }),
  defineSchedule({
    ...sweep,
    name: "accounts.resume-erasures",
    job: resumeErasuresJob,
    cron: "0 17 3 * * *",
  }),
  defineSchedule({ ...sweep, name: "media.sweep-portraits", job: sweepPortraitsJob, cron: "0 57 4 * * *" }),
  defineSchedule({ ...sweep, name: "media.check-renditions", job: checkRenditionsJob, cron: "0 37 5 * * *" }),
]
