import { postDeleted, postPublished } from "./posts/index.ts"

/** Every event there is: somebody subscribes to each. */
export const events = [postPublished, postDeleted] as const
