import { defineSubscriber } from "@tintype/queue"
import { postPublished } from "../posts/index.ts"

/** Tells the followers' warm timelines of a new post. */
export const fanOutPostJob = defineSubscriber(postPublished, {
  name: "posts.fan-out",
  class: "feed",
  attempts: 20,
  backoffMs: [100, 30_000],
  deadlineSeconds: 120,
})
