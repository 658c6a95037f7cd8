import { defineSubscriber } from "@tintype/queue"
import { sessionEnded } from "../auth/index.ts"
import { postChanged, postDeleted, postPublished } from "../posts/index.ts"
import { followChanged } from "../relationships/index.ts"

/** Late is better than never: who looks on has not seen it. */
const tell = { class: "notify", attempts: 20, backoffMs: [50, 5_000], deadlineSeconds: 10 } as const

export const streamPublishedJob = defineSubscriber(postPublished, { ...tell, name: "streams.post-published" })
export const streamChangedJob = defineSubscriber(postChanged, { ...tell, name: "streams.post-changed" })
export const streamDeletedJob = defineSubscriber(postDeleted, { ...tell, name: "streams.post-deleted" })
export const streamFollowJob = defineSubscriber(followChanged, { ...tell, name: "streams.follow-changed" })
export const streamSessionJob = defineSubscriber(sessionEnded, { ...tell, name: "streams.session-ended" })
