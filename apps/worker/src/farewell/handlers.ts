import type { Context } from "@tintype/domain"
import { collectChunks, eraseChunk, eraseRest, farewellWorkflow } from "@tintype/domain/farewell"
import { handleWorkflow } from "@tintype/queue"

export const handleFarewell = (ctx: Context) =>
  handleWorkflow({ db: ctx.db, queue: ctx.queue }, farewellWorkflow, {
    collect: ({ ownerId, signal }) => collectChunks(ctx, ownerId, signal),
    chunk: ({ ownerId, item, signal }) => eraseChunk(ctx, ownerId, item, signal),
    rest: async ({ ownerId, signal }) => {
      await eraseRest(ctx, ownerId, signal)
      return null
    },
  })
