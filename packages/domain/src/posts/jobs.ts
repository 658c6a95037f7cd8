import { defineJob } from "@tintype/queue"
import { Type } from "typebox"

/** Adds up the likes of a post. Likes join the one that waits: it begins when they are committed. */
export const foldFavouritesJob = defineJob({
  name: "posts.fold-favourites",
  class: "feed",
  payload: Type.Object({ postId: Type.String() }),
  attempts: 20,
  backoffMs: [100, 30_000],
  deadlineSeconds: 15,
  unique: { mode: "fold", key: ({ postId }) => postId },
})

/** Tells the followers' warm timelines of a new post. */
export const fanOutPostJob = defineJob({
  name: "posts.fan-out",
  class: "feed",
  payload: Type.Object({ postId: Type.String() }),
  attempts: 20,
  backoffMs: [100, 30_000],
  deadlineSeconds: 120,
})

/** Removes what a deleted post leaves: likes, and the files of its photos. */
export const erasePostJob = defineJob({
  name: "posts.erase",
  class: "upkeep",
  payload: Type.Object({
    postId: Type.String(),
    mediaIds: Type.Array(Type.String(), { maxItems: 20 }),
  }),
  attempts: 50,
  backoffMs: [1_000, 600_000],
  deadlineSeconds: 60,
})
