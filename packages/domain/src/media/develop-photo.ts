import { type AccountId, accounts, type Db, type MediaId, media, parseId } from "@tintype/db"
import type { Darkroom, Developed, Outcome } from "@tintype/media"
import { and, eq, inArray, sql } from "drizzle-orm"
import { accountCard, accountCardOf, isThere } from "../accounts/index.ts"
import type { Context } from "../context.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { findMedia, type MediaRow } from "./get-media.ts"
import { originalKey } from "./upload-photo.ts"

/** What a run of the job lends to the operation. */
export interface DevelopRun {
  ownerId: AccountId
  signal: AbortSignal
  /** Ends the job in the transaction of its effect. */
  complete: (tx: Db) => Promise<void>
}

const mine = (ownerId: AccountId, id: MediaId) => and(eq(media.ownerId, ownerId), eq(media.id, id))

/** One attempt to develop a photo. */
interface Attempt extends Pick<MediaRow, "ownerId" | "id" | "purpose" | "attempt"> {
  sha256: string
}

interface Begun extends Record<string, unknown>, Pick<Attempt, "purpose" | "attempt" | "sha256"> {}

/** Counts the attempt before the dangerous part begins; its number is the fencing token. */
async function beginAttempt(db: Db, ownerId: AccountId, id: MediaId): Promise<Attempt | null> {
  const [row] = await db.execute<Begun>(sql`
    update media set state = 'processing', attempt = attempt + 1
    where owner_id = ${ownerId}::bigint and id = ${id}::bigint and state in ('queued', 'processing')
    returning purpose, attempt, original_sha256 as sha256`)
  return row ? { ...row, ownerId, id } : null
}

async function fail(ctx: Context, row: Attempt, reason: string, run: DevelopRun): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await tx
      .update(media)
      .set({ state: "failed", failure: reason })
      .where(and(mine(row.ownerId, row.id), eq(media.attempt, row.attempt), eq(media.state, "processing")))
    await run.complete(tx)
  })
}

/** An avatar or header takes effect with its development. */
async function hangPortrait(unit: UnitOfWork, row: Attempt, width: number): Promise<void> {
  if (row.purpose === "post") return
  const portrait = { mediaId: row.id, attempt: row.attempt, width }
  const [account] = await unit.db
    .update(accounts)
    .set({ [row.purpose]: portrait, version: sql`${accounts.version} + 1` })
    .where(isThere(row.ownerId))
    .returning()
  if (account) unit.put(accountCard.key(row.ownerId), accountCardOf(account))
}

/** Whether the result was taken: not when a later attempt has begun, or the upload is gone. */
async function record(ctx: Context, row: Attempt, done: Developed, run: DevelopRun): Promise<boolean> {
  const { result } = await unitOfWork(ctx, row.ownerId, async (unit) => {
    const taken = await unit.db.execute(sql`
      update media set state = 'ready', failure = null, ready_attempt = attempt, refine_at = now(),
        original_width = ${done.originalWidth}::int, original_height = ${done.originalHeight}::int,
        width = ${done.width}::int, height = ${done.height}::int, blurhash = ${done.blurhash},
        animated = ${done.animated}::boolean
      where owner_id = ${row.ownerId}::bigint and id = ${row.id}::bigint and attempt = ${row.attempt}::int
        and state = 'processing'
      returning id`)
    if (taken.length === 0) return false
    await hangPortrait(unit, row, done.width)
    await run.complete(unit.db)
    return true
  })
  return result
}

/** Attempts before this one may have published renditions and not lived to see them taken. */
async function removeEarlier(ctx: Context, { ownerId, id, attempt }: Attempt): Promise<void> {
  for (let earlier = 1; earlier < attempt; earlier++) await ctx.blobs.remove(`${ownerId}/${id}/${earlier}`)
}

/**
 * Develops an original. A photo that is removed meanwhile, as when its account is erased, takes its original along: then
 * nothing has failed.
 *
 * @returns undefined where the photo is gone and did not develop
 * @throws as the darkroom does
 */
export async function developUnlessGone(
  ctx: Context,
  darkroom: Darkroom,
  { ownerId, id, sha256 }: Pick<Attempt, "ownerId" | "id" | "sha256">,
  folder: string,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  try {
    return await darkroom.develop(originalKey(ownerId, id, sha256), folder, signal)
  } catch (error) {
    if (await findMedia(ctx.db, ownerId, id)) throw error
    return undefined
  }
}

/**
 * Develops an upload into what it is shown with: JPEGs. Its AVIF follow (`refinePhoto`). Safe to run twice: each attempt
 * writes into a folder of its own, and only the newest attempt's result is taken. Files and folders are synced before the
 * row points to them. Does nothing for one that is gone.
 *
 * @throws what went wrong in this attempt, to be tried again
 */
export async function developPhoto(
  ctx: Context,
  darkroom: Darkroom,
  idText: string,
  run: DevelopRun,
): Promise<void> {
  const id = parseId<"media">(idText)
  if (!id) return
  const row = await beginAttempt(ctx.db, run.ownerId, id)
  if (!row) return
  const folder = `${row.ownerId}/${row.id}/${row.attempt}`
  const outcome = await developUnlessGone(ctx, darkroom, row, folder, run.signal)
  if (!outcome) return
  if (!outcome.developed) return fail(ctx, row, outcome.reason, run)
  if (await record(ctx, row, outcome.developed, run)) return removeEarlier(ctx, row)
  const isOvertaken = (await findMedia(ctx.db, row.ownerId, row.id)) !== null
  await ctx.blobs.remove(isOvertaken ? folder : `${row.ownerId}/${row.id}`)
  if (isOvertaken) throw new Error(`attempt ${row.attempt} was overtaken`)
}

/** All attempts failed for reasons that are not the photo's fault, as far as anybody knows. */
export async function giveUpDeveloping(db: Db, ownerId: AccountId, idText: string): Promise<void> {
  const id = parseId<"media">(idText)
  if (!id) return
  const failure = "This photo could not be developed. You can try again or choose another one."
  await db
    .update(media)
    .set({ state: "failed", failure })
    .where(and(mine(ownerId, id), inArray(media.state, ["queued", "processing"])))
}
