import type { Context } from "@tintype/domain"
import { developPhoto, erasePhotos } from "@tintype/domain/media"
import type { Darkroom } from "@tintype/media"
import type { JobHandlers } from "../job-handlers.ts"

export const handleMedia = (ctx: Context, darkroom: Darkroom) =>
  ({
    "media.develop": ({ mediaId }, run) => developPhoto(ctx, darkroom, mediaId, run),
    "media.erase": ({ mediaIds }, { ownerId }) => erasePhotos(ctx, ownerId, mediaIds),
  }) satisfies JobHandlers
