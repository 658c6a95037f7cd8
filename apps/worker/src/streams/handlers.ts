import type { Context } from "@tintype/domain"
import {
  streamChanged,
  streamDeleted,
  streamFollow,
  streamPublished,
  streamSessionEnd,
} from "@tintype/domain/streams"
import type { JobHandlers } from "../job-handlers.ts"

export const handleStreams = (ctx: Context) =>
  ({
    "streams.post-published": (event, { ownerId }) => streamPublished(ctx, ownerId, event),
    "streams.post-changed": (event, { ownerId }) => streamChanged(ctx, ownerId, event),
    "streams.post-deleted": (event, { ownerId }) => streamDeleted(ctx, ownerId, event),
    "streams.follow-changed": (event) => streamFollow(ctx, event),
    "streams.session-ended": (event) => streamSessionEnd(ctx, event),
  }) satisfies JobHandlers
