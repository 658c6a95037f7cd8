import type { Context } from "@tintype/domain"
import { developPhoto, erasePhotos, removeRenditions, repairRenditions } from "@tintype/domain/media"
import type { Darkroom } from "@tintype/media"
import type { JobHandlers } from "../job-handlers.ts"

/** @param onDeveloped told of each photo that may be refined now */
export const handleMedia = (ctx: Context, darkroom: Darkroom, onDeveloped: () => void) =>
  ({
    "media.develop": async ({ mediaId }, run) => {
      await developPhoto(ctx, darkroom, mediaId, run)
      onDeveloped()
    },
    "media.repair": async ({ mediaId }, { ownerId, signal }) => {
      await repairRenditions(ctx, darkroom, ownerId, mediaId, signal)
      onDeveloped()
    },
    "media.remove-renditions": ({ sets }, { ownerId }) => removeRenditions(ctx, ownerId, sets),
    "media.erase": ({ mediaIds }, { ownerId }) => erasePhotos(ctx, ownerId, mediaIds),
  }) satisfies JobHandlers
