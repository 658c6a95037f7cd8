import { defineEvent } from "@tintype/queue"
import { Type } from "typebox"

/** Who can find a post: told of how it was, as its row tells that no more. */
const Reach = Type.Object({
  visibility: Type.String(),
  tags: Type.Array(Type.String(), { maxItems: 100 }),
  /** Accounts. */
  mentioned: Type.Array(Type.String(), { maxItems: 51 }),
})

/** A post is there that timelines show: not of comments, which stand under their post. */
export const postPublished = defineEvent({
  name: "posts.published",
  payload: Type.Object({ postId: Type.String() }),
})

/** What a post shows has changed: not its likes, which change all the time. */
export const postChanged = defineEvent({
  name: "posts.changed",
  payload: Type.Object({ postId: Type.String(), before: Type.Optional(Reach) }),
})

/** A post is for more eyes than before. */
export const postOpened = defineEvent({
  name: "posts.opened",
  payload: Type.Object({ postId: Type.String() }),
})

/** A post is gone. Its row tells nothing any more. */
export const postDeleted = defineEvent({
  name: "posts.deleted",
  payload: Type.Object({
    postId: Type.String(),
    mediaIds: Type.Array(Type.String(), { maxItems: 20 }),
    ...Reach.properties,
    /** Whether timelines showed it; those of older releases did. */
    inFeeds: Type.Optional(Type.Boolean()),
    /** Of a comment: the post that began its thread. */
    threadId: Type.Optional(Type.String()),
    threadOwnerId: Type.Optional(Type.String()),
  }),
})
