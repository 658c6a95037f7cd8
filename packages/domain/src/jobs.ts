import { forgetCachedJob } from "./cache-repair.ts"
import { developPhotoJob } from "./media/index.ts"
import { erasePostJob, fanOutPostJob, foldFavouritesJob } from "./posts/index.ts"
import { foldFollowersJob } from "./relationships/index.ts"

/** Every job there is: the worker has a handler for each. */
export const jobs = [
  forgetCachedJob,
  developPhotoJob,
  foldFollowersJob,
  fanOutPostJob,
  foldFavouritesJob,
  erasePostJob,
] as const
