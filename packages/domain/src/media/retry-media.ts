import { media } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { Conflict, NotFound } from "../errors.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { awaitDeveloped } from "./await-developed.ts"
import { findMedia, mediaIdOf, type OwnMedia } from "./get-media.ts"
import { developPhotoJob } from "./jobs.ts"

/** Develops a failed upload again. @throws NotFound; Conflict when it has not failed */
export async function retryMedia(
  ctx: Context,
  actor: Actor,
  idText: string,
  waitMs: number,
): Promise<OwnMedia> {
  const id = mediaIdOf(idText)
  const ownerId = actor.accountId
  const { queued } = await unitOfWork(ctx, ownerId, async (unit) => {
    const [row] = await unit.db
      .update(media)
      .set({ state: "queued", failure: null })
      .where(and(eq(media.ownerId, ownerId), eq(media.id, id), eq(media.state, "failed")))
      .returning({ id: media.id })
    if (row) unit.enqueue(developPhotoJob, ownerId, { mediaId: id })
    else if (await findMedia(unit.db, ownerId, id)) throw new Conflict("This photo has not failed.")
    else throw new NotFound()
  })
  return awaitDeveloped(ctx, ownerId, id, queued, waitMs)
}
