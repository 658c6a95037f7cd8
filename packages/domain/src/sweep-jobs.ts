import { defineJob } from "@tintype/queue"
import { Type } from "typebox"

/** A sweep does batches until nothing is left; what a run does not get done, the next one does. */
const sweep = {
  class: "upkeep",
  payload: Type.Object({}),
  attempts: 3,
  backoffMs: [10_000, 60_000],
  deadlineSeconds: 1_800,
} as const

/** Uploads that were never posted. */
export const sweepUploadsJob = defineJob({ ...sweep, name: "media.sweep-uploads" })
/** Files that crashed processes left half written. */
export const sweepFilesJob = defineJob({ ...sweep, name: "media.sweep-files" })
/** Files of photos that no row points to. */
export const sweepOrphansJob = defineJob({ ...sweep, name: "media.sweep-orphans" })
/** Avatars and headers that nothing shows any more. */
export const sweepPortraitsJob = defineJob({ ...sweep, name: "media.sweep-portraits" })
/** Developed photos that lack files. */
export const checkRenditionsJob = defineJob({ ...sweep, name: "media.check-renditions" })
/** Files of exports that have expired. */
export const sweepExportsJob = defineJob({ ...sweep, name: "accounts.sweep-exports" })
/** Accounts that are gone and whose erasure was given up. */
export const resumeErasuresJob = defineJob({ ...sweep, name: "accounts.resume-erasures" })
/** Idempotency keys that count no more. */
export const sweepKeysJob = defineJob({ ...sweep, name: "posts.sweep-keys" })
/** Authorization codes and tokens that are good for nothing. */
export const sweepGrantsJob = defineJob({ ...sweep, name: "auth.sweep-grants" })
/** The history of jobs and schedules, and dead letters nobody looks after. */
export const sweepHistoryJob = defineJob({ ...sweep, name: "jobs.sweep-history" })
/** Runs of workflows that wait for a job which somebody took away. */
export const mendWorkflowsJob = defineJob({ ...sweep, name: "jobs.mend-workflows" })
/** Counts that are wrong. */
export const reconcileCountsJob = defineJob({ ...sweep, name: "accounts.reconcile-counts" })
export const reconcileFollowersJob = defineJob({ ...sweep, name: "accounts.reconcile-followers" })
export const reconcileFavouritesJob = defineJob({ ...sweep, name: "posts.reconcile-favourites" })
export const reconcileRepliesJob = defineJob({ ...sweep, name: "posts.reconcile-replies" })
