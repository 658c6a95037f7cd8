import type { Context } from "@tintype/domain"
import { developPhoto } from "@tintype/domain/media"
import type { Darkroom } from "@tintype/media"
import type { JobHandlers } from "../job-handlers.ts"

export const handleMedia = (ctx: Context, darkroom: Darkroom) =>
  ({
    "media.develop": ({ mediaId }, run) => developPhoto(ctx, darkroom, mediaId, run),
  }) satisfies JobHandlers
