import { sessionEnded } from "./auth/index.ts"
import { postChanged, postDeleted, postPublished } from "./posts/index.ts"
import { followChanged } from "./relationships/index.ts"

/** Every event there is: somebody subscribes to each. */
export const events = [sessionEnded, followChanged, postPublished, postChanged, postDeleted] as const
