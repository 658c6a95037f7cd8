import type { Context, jobs } from "@tintype/domain"
import type { Darkroom } from "@tintype/media"
import type { Handlers } from "@tintype/queue"
import { handleExports } from "./exports/handlers.ts"
import { handleFarewell } from "./farewell/handlers.ts"
import { handleMedia } from "./media/handlers.ts"
import { handlePosts } from "./posts/handlers.ts"
import { handleRelationships } from "./relationships/handlers.ts"
import { handleStreams } from "./streams/handlers.ts"
import { handleUpkeep } from "./upkeep/handlers.ts"

/** Every job's handler: a missing one does not compile. */
export const buildHandlers = (
  ctx: Context,
  darkroom: Darkroom,
  onDeveloped: () => void,
): Handlers<typeof jobs> => ({
  ...handleUpkeep(ctx),
  ...handleMedia(ctx, darkroom, onDeveloped),
  ...handleRelationships(ctx),
  ...handlePosts(ctx),
  ...handleStreams(ctx),
  ...handleExports(ctx),
  ...handleFarewell(ctx),
})
