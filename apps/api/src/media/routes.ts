import { routes } from "@tintype/contract"
import { type Actor, type Context, Invalid } from "@tintype/domain"
import { getMedia, type OwnMedia, originalOfMedia, retryMedia, uploadPhoto } from "@tintype/domain/media"
import { describePhoto } from "@tintype/domain/posts"
import type { Upload } from "@tintype/media/blob-store"
import type { FastifyInstance } from "fastify"
import { answer, serve } from "../http/serve.ts"

/** A member's app shows progress meanwhile; most photos are ready well before. */
const SHORT_WAIT_MS = 3_000
/** For clients that know no other answer than the finished photo. */
const LONG_WAIT_MS = 30_000

interface UploadInput {
  actor: Actor
  files: ReadonlyMap<string, Upload>
  body: { description?: string | null; focus?: string }
}

async function upload(ctx: Context, { actor, files, body }: UploadInput, waitMs: number) {
  const file = files.get("file")
  if (!file) throw new Invalid("Validation failed: file can't be blank")
  const details = { purpose: "post", description: body.description, focus: body.focus } as const
  return developed(await uploadPhoto(ctx, actor, file, details, waitMs), 202)
}

const developed = <S extends 202 | 206>({ ready, attachment }: OwnMedia, unfinished: S) =>
  answer(ready ? 200 : unfinished, attachment)

/** Uploads and what becomes of them. */
export function serveMedia(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.uploadMedia, (input) => upload(ctx, input, SHORT_WAIT_MS))
  serve(app, ctx, routes.uploadMediaAndWait, (input) => upload(ctx, input, LONG_WAIT_MS))
  serve(app, ctx, routes.getMedia, async ({ actor, params }) =>
    developed(await getMedia(ctx, actor, params.id), 206),
  )
  serve(app, ctx, routes.updateMedia, async ({ actor, params, body }) =>
    developed(await describePhoto(ctx, actor, params.id, body), 206),
  )
  serve(app, ctx, routes.retryMedia, async ({ actor, params }) =>
    developed(await retryMedia(ctx, actor, params.id, SHORT_WAIT_MS), 202),
  )
  serve(app, ctx, routes.originalOfMedia, ({ actor, params }) => originalOfMedia(ctx, actor, params.id))
}
