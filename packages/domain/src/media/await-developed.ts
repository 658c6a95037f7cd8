import type { AccountId, MediaId } from "@tintype/db"
import type { QueuedJob } from "@tintype/queue"
import type { Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { findMedia, type MediaRow, type OwnMedia, presentOwnMedia } from "./get-media.ts"

/** Waits until the job has ended or time is out, then tells how far the photo is. @throws Invalid when it failed */
export async function awaitDeveloped(
  ctx: Context,
  ownerId: AccountId,
  id: MediaId,
  queued: readonly QueuedJob[],
  waitMs: number,
): Promise<OwnMedia> {
  const find = () => findMedia(ctx.db, ownerId, id)
  const job = queued[0]
  let ended: MediaRow | null = null
  if (job) {
    await ctx.queue.waitFor(job.id, waitMs, async () => {
      const row = await find()
      if (row?.state === "ready" || row?.state === "failed") ended = row
      return row === null || ended !== null
    })
  }
  const row = ended ?? (await find())
  if (!row) throw new NotFound()
  return presentOwnMedia(ctx, row)
}
