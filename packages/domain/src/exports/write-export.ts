import { Readable } from "node:stream"
import { type AccountId, accountExports, type Db, type ExportId, media } from "@tintype/db"
import { AlreadyDone } from "@tintype/queue"
import { and, eq, isNull, sql } from "drizzle-orm"
import { readAccountCard } from "../accounts/index.ts"
import type { Context } from "../context.ts"
import { originalKey } from "../media/index.ts"
import { actorOf, collectionHead, collectionTail, originalFile } from "./activity.ts"
import { type Archive, writeArchive } from "./archive.ts"
import { checkAccount } from "./collect-posts.ts"
import { archiveKey, exportFolder } from "./keys.ts"
import {
  blockedCsv,
  bookmarksJson,
  followersCsv,
  followingCsv,
  likesJson,
  listsCsv,
  mutedCsv,
} from "./lists.ts"
import { readPart } from "./parts.ts"

const DAYS = 7
/** How often it is told how far the work is. */
const TELL_MS = 1_000

export interface ExportResult {
  bytes: number
  posts: number
  photos: number
}

/** What a run of the job lends to the operation. */
export interface WriteRun {
  ownerId: AccountId
  attempt: number
  signal: AbortSignal
  progress(done: number, total: number): Promise<void>
  /** Ends the step in the transaction of its effect. */
  complete(tx: Db, result: ExportResult): Promise<void>
}

async function addProfile(ctx: Context, archive: Archive, ownerId: AccountId): Promise<void> {
  const card = await readAccountCard(ctx, ownerId)
  const named: { avatar?: string; header?: string } = {}
  for (const which of ["avatar", "header"] as const) {
    const portrait = card[which]
    if (!portrait) continue
    const isIt = and(eq(media.ownerId, ownerId), eq(media.id, portrait.mediaId))
    const [row] = await ctx.db.select().from(media).where(isIt)
    if (!row) continue
    const name = originalFile(row).replace(/^.*\./, `${which}.`)
    if (await archive.addBlob(name, originalKey(ownerId, row.id, row.originalSha256))) named[which] = name
  }
  const actor = `${JSON.stringify(actorOf(ctx.settings, card, named), null, 2)}\n`
  await archive.addText("actor.json", Readable.from([Buffer.from(actor)]))
}

/** The posts that are still there. @param count told of each part */
async function* outboxJson(
  ctx: Context,
  ownerId: AccountId,
  id: ExportId,
  parts: number,
  count: (posts: number) => void,
): AsyncGenerator<Buffer> {
  yield Buffer.from(collectionHead("outbox.json"))
  let total = 0
  for (let part = 0; part < parts; part++) {
    const posts = await readPart(ctx, ownerId, id, part)
    const text = posts.map(({ activity }) => JSON.stringify(activity)).join(",\n")
    yield Buffer.from(total > 0 && text ? `,\n${text}` : text)
    total += posts.length
    count(posts.length)
  }
  yield Buffer.from(collectionTail(total))
}

/** The originals of the posts that are still there. @returns how many */
async function addPhotos(
  ctx: Context,
  archive: Archive,
  { ownerId, progress }: WriteRun,
  id: ExportId,
  { parts, bytes }: { parts: number; bytes: number },
): Promise<number> {
  let photos = 0
  let done = 0
  let told = 0
  for (let part = 0; part < parts; part++) {
    for (const photo of (await readPart(ctx, ownerId, id, part)).flatMap((post) => post.photos)) {
      const key = originalKey(ownerId, photo.id, photo.sha256)
      if (await archive.addBlob(photo.file, key)) photos++
      done += photo.bytes
      if (performance.now() - told < TELL_MS) continue
      told = performance.now()
      await progress(done, bytes)
    }
  }
  return photos
}

/** Says that the file is there, unless the export was removed meanwhile. */
async function record(ctx: Context, run: WriteRun, id: ExportId, result: ExportResult): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await checkAccount(tx, run.ownerId)
    const isIt = and(eq(accountExports.ownerId, run.ownerId), eq(accountExports.id, id))
    await tx
      .update(accountExports)
      .set({
        ...result,
        attempt: run.attempt,
        readyAt: sql`now()`,
        expiresAt: sql`now() + ${DAYS} * interval '1 day'`,
      })
      .where(and(isIt, isNull(accountExports.removedAt)))
    await run.complete(tx, result)
  })
}

/**
 * Writes the archive from the parts: profile, lists, posts, and the originals of their photos. What was deleted since it
 * was packed is left out. Each attempt writes a file of its own, and the newest attempt's is the one that counts.
 */
export async function writeExport(
  ctx: Context,
  id: ExportId,
  packed: readonly { posts: number; bytes: number }[],
  run: WriteRun,
): Promise<ExportResult> {
  const { ownerId, attempt, signal } = run
  await checkAccount(ctx.db, ownerId)
  const all = { parts: packed.length, bytes: packed.reduce((sum, { bytes }) => sum + bytes, 0) }
  const result = { bytes: 0, posts: 0, photos: 0 }
  result.bytes = await writeArchive(ctx, archiveKey(ownerId, id, attempt), signal, async (archive) => {
    await addProfile(ctx, archive, ownerId)
    await archive.addText("following_accounts.csv", followingCsv(ctx, ownerId))
    await archive.addText("followers.csv", followersCsv(ctx, ownerId))
    await archive.addText("blocked_accounts.csv", blockedCsv(ctx, ownerId))
    await archive.addText("muted_accounts.csv", mutedCsv(ctx, ownerId))
    await archive.addText("lists.csv", listsCsv(ctx, ownerId))
    await archive.addText("likes.json", likesJson(ctx, ownerId))
    await archive.addText("bookmarks.json", bookmarksJson(ctx, ownerId))
    const outbox = outboxJson(ctx, ownerId, id, all.parts, (posts) => {
      result.posts += posts
    })
    await archive.addText("outbox.json", outbox)
    result.photos = await addPhotos(ctx, archive, run, id, all)
  })
  try {
    await record(ctx, run, id, result)
  } catch (error) {
    if (error instanceof AlreadyDone) await ctx.blobs.remove(`${exportFolder(ownerId, id)}/${attempt}`)
    throw error
  }
  await ctx.blobs.remove(`${exportFolder(ownerId, id)}/parts`)
  return result
}
