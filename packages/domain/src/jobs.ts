import { forgetCachedJob } from "./cache-repair.ts"
import { developPhotoJob } from "./media/index.ts"
import { erasePostJob, fanOutPostJob, foldFavouritesJob } from "./posts/index.ts"
import { foldFollowersJob } from "./relationships/index.ts"

/** Every job there is, by name: the worker has a handler for each. */
export const jobs = {
  "cache.forget": forgetCachedJob,
  "media.develop": developPhotoJob,
  "accounts.fold-followers": foldFollowersJob,
  "posts.fan-out": fanOutPostJob,
  "posts.fold-favourites": foldFavouritesJob,
  "posts.erase": erasePostJob,
} as const
