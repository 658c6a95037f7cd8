import type { AccountId, Db, MediaId } from "@tintype/db"
import type { QueuedJob } from "@tintype/queue"
import { sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { findMedia, type MediaRow, type OwnMedia, presentOwnMedia } from "./get-media.ts"

/** By then most photos are developed, and were told of. Should the word be lost, it is looked after that. */
const MOSTLY_MS = 500

/** Whether nothing is left to wait for. */
async function isOver(db: Db, ownerId: AccountId, id: MediaId): Promise<boolean> {
  const [row] = await db.execute<Pick<MediaRow, "state">>(
    sql`select state from media where owner_id = ${ownerId}::bigint and id = ${id}::bigint`,
  )
  return !row || row.state === "ready" || row.state === "failed"
}

/** Waits until the job has ended or time is out, then tells how far the photo is. @throws Invalid when it failed */
export async function awaitDeveloped(
  ctx: Context,
  ownerId: AccountId,
  id: MediaId,
  queued: readonly QueuedJob[],
  waitMs: number,
): Promise<OwnMedia> {
  const job = queued[0]
  if (job) await ctx.queue.waitFor(job.id, waitMs, () => isOver(ctx.db, ownerId, id), MOSTLY_MS)
  const row = await findMedia(ctx.db, ownerId, id)
  if (!row) throw new NotFound()
  return presentOwnMedia(ctx, row)
}
