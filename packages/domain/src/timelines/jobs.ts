import { defineSubscriber } from "@tintype/queue"
import { postOpened, postPublished } from "../posts/index.ts"

const tell = {
  class: "feed",
  attempts: 20,
  backoffMs: [100, 30_000],
  deadlineSeconds: 120,
} as const

/** Tells the followers' warm timelines of a new post. */
export const fanOutPostJob = defineSubscriber(postPublished, { ...tell, name: "posts.fan-out" })
/** … of one that belongs on more of them than before. */
export const fanOutAgainJob = defineSubscriber(postOpened, { ...tell, name: "posts.fan-out-again" })
