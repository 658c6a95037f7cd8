import type { AccountId } from "@tintype/db"
import type { EventPayload } from "@tintype/queue"
import type { sessionEnded } from "../auth/index.ts"
import type { Context } from "../context.ts"
import type { postChanged, postDeleted, postPublished } from "../posts/index.ts"
import type { followChanged } from "../relationships/index.ts"
import type { StreamMessage } from "./stream-message.ts"

export const tellStreams = ({ streams }: Context, message: StreamMessage): Promise<void> =>
  streams.tell(JSON.stringify(message))

/*
 * Each passes an event on to the processes with open streams. Safe to run twice: they leave out what they were told
 * shortly before. They throw CacheUnavailable while Redis is away: to be tried again.
 */

export const streamPublished = (
  ctx: Context,
  ownerId: AccountId,
  { postId }: EventPayload<typeof postPublished>,
) => tellStreams(ctx, { kind: "published", id: postId, ownerId })

export const streamChanged = (
  ctx: Context,
  ownerId: AccountId,
  { postId, before }: EventPayload<typeof postChanged>,
) => tellStreams(ctx, { kind: "changed", id: postId, ownerId, ...(before && { before }) })

export const streamDeleted = async (
  ctx: Context,
  ownerId: AccountId,
  event: EventPayload<typeof postDeleted>,
): Promise<void> => {
  const { postId, visibility, tags, mentioned, inFeeds } = event
  if (inFeeds === false) return
  return tellStreams(ctx, { kind: "deleted", id: postId, ownerId, visibility, tags, mentioned })
}

export const streamFollow = (ctx: Context, event: EventPayload<typeof followChanged>) =>
  tellStreams(ctx, { kind: "follow", ...event })

export const streamSessionEnd = (ctx: Context, { accountId }: EventPayload<typeof sessionEnded>) =>
  tellStreams(ctx, { kind: "session", accountId })
