import { defineEvent } from "@tintype/queue"
import { Type } from "typebox"

/** A post is there. */
export const postPublished = defineEvent({
  name: "posts.published",
  payload: Type.Object({ postId: Type.String() }),
})

/** A post is gone. Its row tells nothing any more. */
export const postDeleted = defineEvent({
  name: "posts.deleted",
  payload: Type.Object({
    postId: Type.String(),
    mediaIds: Type.Array(Type.String(), { maxItems: 20 }),
  }),
})
