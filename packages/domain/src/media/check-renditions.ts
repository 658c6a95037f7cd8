import { renditionWidths } from "@tintype/contract/limits"
import { type AccountId, type Db, media, parseId } from "@tintype/db"
import type { Darkroom } from "@tintype/media"
import { and, asc, eq, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { developUnlessGone } from "./develop-photo.ts"
import { findMedia, type MediaRow } from "./get-media.ts"
import { repairRenditionsJob } from "./jobs.ts"

const BATCH = 500
/** Repairs that one check asks for: a store that has lost more is restored from a backup. */
const MOST_REPAIRS = 1_000

/** The files without which a developed photo cannot be shown. */
function neededFiles({ width, animated }: Pick<MediaRow, "width" | "animated">): string[] {
  const names = renditionWidths(width ?? 0).map((each) => `${each}.jpg`)
  return animated ? [...names, "animation.webp"] : names
}

const folderOf = ({ ownerId, id, readyAttempt }: MediaRow) => `${ownerId}/${id}/${readyAttempt}`

type Finding = "whole" | "lacks AVIF" | "lacks files"

/** Whether all files of a developed photo are there that have been made, and none is empty. */
async function lookAt({ blobs }: Context, row: MediaRow): Promise<Finding> {
  const sizes = await blobs.sizes(folderOf(row))
  const isThere = (name: string) => (sizes.get(name) ?? 0) > 0
  if (!neededFiles(row).every(isThere)) return "lacks files"
  if (row.refineAt !== null) return "whole"
  return renditionWidths(row.width ?? 0).every((each) => isThere(`${each}.avif`)) ? "whole" : "lacks AVIF"
}

interface Place {
  ownerId: string
  id: string
}

const pageAfter = ({ db }: Context, { ownerId, id }: Place) =>
  db
    .select()
    .from(media)
    .where(sql`(${media.ownerId}, ${media.id}) > (${ownerId}::bigint, ${id}::bigint)`)
    .orderBy(asc(media.ownerId), asc(media.id))
    .limit(BATCH)

/** Has its AVIF made once more. */
const refineAgain = (db: Db, { ownerId, id }: MediaRow) =>
  db
    .update(media)
    .set({ refineAt: sql`now()` })
    .where(and(eq(media.ownerId, ownerId), eq(media.id, id)))

/**
 * Looks whether every developed photo has its files, and has those that lack some made again.
 *
 * @returns how many lack some
 */
export async function checkRenditions(ctx: Context, signal: AbortSignal): Promise<number> {
  let broken = 0
  let place: Place | undefined = { ownerId: "0", id: "0" }
  while (place && broken < MOST_REPAIRS) {
    const rows: MediaRow[] = await pageAfter(ctx, place)
    for (const row of rows) {
      signal.throwIfAborted()
      const finding = row.state === "ready" ? await lookAt(ctx, row) : "whole"
      if (finding === "whole") continue
      await unitOfWork(ctx, row.ownerId, async (unit) => {
        if (finding === "lacks AVIF") await refineAgain(unit.db, row)
        else unit.enqueue(repairRenditionsJob, row.ownerId, { mediaId: row.id })
      })
      broken++
    }
    place = rows.at(-1)
  }
  return broken
}

/**
 * Develops a photo that lacks files again, into the folder that its links lead to: nothing that shows it changes.
 * Does nothing if it is whole by now, or gone.
 *
 * @throws Error when the original cannot be developed, to be tried again
 */
export async function repairRenditions(
  ctx: Context,
  darkroom: Darkroom,
  ownerId: AccountId,
  idText: string,
  signal: AbortSignal,
): Promise<void> {
  const id = parseId<"media">(idText)
  const row = id && (await findMedia(ctx.db, ownerId, id))
  if (row?.state !== "ready" || (await lookAt(ctx, row)) !== "lacks files") return
  await ctx.blobs.remove(folderOf(row))
  const photo = { ownerId, id: row.id, sha256: row.originalSha256 }
  const outcome = await developUnlessGone(ctx, darkroom, photo, folderOf(row), signal)
  if (!outcome) return
  if (!outcome.developed) throw new Error(`a photo that was developed cannot be any more: ${outcome.reason}`)
  await refineAgain(ctx.db, row)
  await removeIfGone(ctx, row)
}

/** While it was developed the photo may have been removed, or got another place. */
async function removeIfGone({ db, blobs }: Context, row: MediaRow): Promise<void> {
  const { ownerId, id } = row
  const now = await findMedia(db, ownerId, id)
  if (!now) await blobs.remove(`${ownerId}/${id}`)
  else if (now.readyAttempt !== row.readyAttempt) await blobs.remove(folderOf(row))
}
