import type { Context } from "@tintype/domain"
import { developPhoto, erasePhotos, repairRenditions } from "@tintype/domain/media"
import type { Darkroom } from "@tintype/media"
import type { JobHandlers } from "../job-handlers.ts"

export const handleMedia = (ctx: Context, darkroom: Darkroom) =>
  ({
    "media.develop": ({ mediaId }, run) => developPhoto(ctx, darkroom, mediaId, run),
    "media.repair": ({ mediaId }, { ownerId, signal }) =>
      repairRenditions(ctx, darkroom, ownerId, mediaId, signal),
    "media.erase": ({ mediaIds }, { ownerId }) => erasePhotos(ctx, ownerId, mediaIds),
  }) satisfies JobHandlers
