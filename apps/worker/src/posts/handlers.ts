import type { Context } from "@tintype/domain"
import { erasePost, foldFavourites, foldReplies, narrowComments } from "@tintype/domain/posts"
import { fanOutPost } from "@tintype/domain/timelines"
import type { JobHandlers } from "../job-handlers.ts"

export const handlePosts = (ctx: Context) =>
  ({
    "posts.fan-out": ({ postId }, { ownerId, signal }) => fanOutPost(ctx, ownerId, postId, signal),
    "posts.fan-out-again": ({ postId }, { ownerId, signal }) => fanOutPost(ctx, ownerId, postId, signal),
    "posts.fold-favourites": ({ postId }, { ownerId }) => foldFavourites(ctx, ownerId, postId),
    "posts.fold-replies": ({ postId }, { ownerId }) => foldReplies(ctx, ownerId, postId),
    "posts.narrow-comments": ({ postId }, { signal }) => narrowComments(ctx, postId, signal),
    "posts.erase": (payload, { ownerId, signal }) => erasePost(ctx, ownerId, payload, signal),
  }) satisfies JobHandlers
