import { doAtOnce } from "@tintype/queue"
import type { Context } from "../context.ts"
import { streamPublishedJob } from "./jobs.ts"
import { streamPublished } from "./tell-streams.ts"

/**
 * The same context, in which open streams are told of a new post as soon as it is committed: one message to Redis, for
 * which a worker needs ten by itself.
 *
 * @returns and what ends it, in so many milliseconds
 */
export function tellAtOnce(ctx: Context): { ctx: Context; close: (ms: number) => Promise<void> } {
  const { queue, close } = doAtOnce({
    queue: ctx.queue,
    db: ctx.db,
    jobs: [streamPublishedJob],
    handlers: {
      "streams.post-published": (event, { ownerId }) => streamPublished(ctx, ownerId, event),
    },
    log: ctx.log,
  })
  return { ctx: { ...ctx, queue }, close }
}
