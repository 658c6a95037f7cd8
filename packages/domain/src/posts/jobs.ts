import { defineJob, defineSubscriber } from "@tintype/queue"
import { Type } from "typebox"
import { postChanged, postDeleted } from "./events.ts"

/** Adds up what is noted of a post. What is noted anew joins the one that waits: it begins when that is committed. */
const foldOfPost = <const Name extends string>(name: Name) =>
  defineJob({
    name,
    class: "feed",
    payload: Type.Object({ postId: Type.String() }),
    attempts: 20,
    backoffMs: [100, 30_000],
    deadlineSeconds: 15,
    unique: { mode: "fold", key: ({ postId }) => postId },
  })

/** Adds up the likes of a post: written by earlier releases. What is noted now, workers look for (`foldLikes`). */
export const foldFavouritesJob = foldOfPost("posts.fold-favourites")

/** Adds up the comments on a post. */
export const foldRepliesJob = foldOfPost("posts.fold-replies")

/** Lets comments be for no more than may see what they answer. */
export const narrowCommentsJob = defineSubscriber(
  postChanged,
  {
    name: "posts.narrow-comments",
    class: "feed",
    attempts: 50,
    backoffMs: [100, 60_000],
    deadlineSeconds: 120,
  },
  Type.Pick(postChanged.payload, ["postId"]),
)

/** Removes what a deleted post leaves: likes, the files of its photos, and that comments name it. */
export const erasePostJob = defineSubscriber(
  postDeleted,
  {
    name: "posts.erase",
    class: "upkeep",
    attempts: 50,
    backoffMs: [1_000, 600_000],
    deadlineSeconds: 60,
  },
  Type.Pick(postDeleted.payload, ["postId", "mediaIds", "threadId", "threadOwnerId"]),
)
