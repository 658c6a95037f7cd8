import { forgetCachedJob } from "./cache-repair.ts"
import { exportWorkflow } from "./exports/index.ts"
import { farewellWorkflow } from "./farewell/index.ts"
import { developPhotoJob, erasePhotosJob, removeRenditionsJob, repairRenditionsJob } from "./media/index.ts"
import { erasePostJob, foldFavouritesJob, foldRepliesJob } from "./posts/index.ts"
import { narrowCommentsJob } from "./posts/jobs.ts"
import { foldFollowersJob } from "./relationships/index.ts"
import {
  streamChangedJob,
  streamDeletedJob,
  streamFollowJob,
  streamPublishedJob,
  streamSessionJob,
} from "./streams/index.ts"
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
} from "./sweep-jobs.ts"
import { fanOutAgainJob, fanOutPostJob } from "./timelines/index.ts"

/** Every job there is: the worker has a handler for each. */
export const jobs = [
  forgetCachedJob,
  developPhotoJob,
  foldFollowersJob,
  fanOutPostJob,
  fanOutAgainJob,
  foldFavouritesJob,
  foldRepliesJob,
  narrowCommentsJob,
  erasePostJob,
  erasePhotosJob,
  removeRenditionsJob,
  streamPublishedJob,
  streamChangedJob,
  streamDeletedJob,
  streamFollowJob,
  streamSessionJob,
  repairRenditionsJob,
  sweepUploadsJob,
  sweepFilesJob,
  sweepOrphansJob,
  sweepExportsJob,
  sweepKeysJob,
  sweepGrantsJob,
  sweepHistoryJob,
  mendWorkflowsJob,
  sweepPortraitsJob,
  checkRenditionsJob,
  reconcileCountsJob,
  reconcileFollowersJob,
  reconcileFavouritesJob,
  reconcileRepliesJob,
  resumeErasuresJob,
  ...exportWorkflow.jobs,
  ...farewellWorkflow.jobs,
] as const

/** Every workflow there is. */
export const workflows = [exportWorkflow, farewellWorkflow] as const
