import { sessionEnded } from "./auth/index.ts"
import { postChanged, postDeleted, postOpened, postPublished } from "./posts/index.ts"
import { followChanged } from "./relationships/index.ts"

/** Every event there is: somebody subscribes to each. */
export const events = [
  sessionEnded,
  followChanged,
  postPublished,
  postChanged,
  postOpened,
  postDeleted,
] as const
