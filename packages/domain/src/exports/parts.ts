import { Readable } from "node:stream"
import { json } from "node:stream/consumers"
import { type AccountId, type ExportId, media, parseId, posts } from "@tintype/db"
import { and, asc, eq, inArray, sql } from "drizzle-orm"
import { Type } from "typebox"
import { Compile } from "typebox/compile"
import { profileUrl, readAccountCard } from "../accounts/index.ts"
import type { Context } from "../context.ts"
import { type PackedPost, packPost } from "./activity.ts"
import { type Chunk, checkAccount } from "./collect-posts.ts"
import { partKey } from "./keys.ts"
import { namesOf } from "./names.ts"

/** Of a part, which holds text and figures alone. */
const MOST_BYTES = 64 * 1024 * 1024

const Id = Type.String({ pattern: "^[1-9][0-9]{0,18}$" })
const Part = Compile(
  Type.Array(
    Type.Object({
      id: Id,
      activity: Type.Object({}),
      photos: Type.Array(
        Type.Object({ id: Id, file: Type.String(), sha256: Type.String(), bytes: Type.Integer() }),
      ),
    }),
  ),
)

/** The posts of a chunk that are still there, with their photos. */
async function readChunk(ctx: Context, ownerId: AccountId, { after, upTo }: Chunk): Promise<PackedPost[]> {
  const isOf = and(eq(posts.ownerId, ownerId), sql`id > ${after}::bigint and id <= ${upTo}::bigint`)
  const rows = await ctx.db.select().from(posts).where(isOf).orderBy(asc(posts.id))
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const photos = await ctx.db
    .select()
    .from(media)
    .where(and(eq(media.ownerId, ownerId), inArray(media.postId, ids)))
    .orderBy(asc(media.postId), asc(media.position))
  const byPost = Map.groupBy(photos, ({ postId }) => postId)
  const author = await readAccountCard(ctx, ownerId)
  const answered = await namesOf(
    ctx.db,
    rows.flatMap(({ inReplyToId, inReplyToAccountId }) => (inReplyToId && inReplyToAccountId) ?? []),
  )
  return rows.map((post) => {
    const name = post.inReplyToAccountId && answered.get(post.inReplyToAccountId)
    const answers = name && post.inReplyToId ? `${profileUrl(ctx.settings, name)}/${post.inReplyToId}` : null
    return packPost(ctx.settings, author, post, byPost.get(post.id) ?? [], answers)
  })
}

export interface Packed {
  posts: number
  /** Of the originals of its photos. */
  bytes: number
}

/** Packs one chunk into a part of its own. Safe to run twice: the later one takes the place of the earlier one. */
export async function packPart(
  ctx: Context,
  ownerId: AccountId,
  exportId: ExportId,
  { chunk, index, signal }: { chunk: Chunk; index: number; signal: AbortSignal },
): Promise<Packed> {
  await checkAccount(ctx.db, ownerId)
  const packed = await readChunk(ctx, ownerId, chunk)
  const bytes = Readable.from([Buffer.from(JSON.stringify(packed))])
  const upload = await ctx.blobs.receive(bytes, { maxBytes: MOST_BYTES, signal })
  await upload.keep(partKey(ownerId, exportId, index))
  const photos = packed.flatMap((post) => post.photos)
  return { posts: packed.length, bytes: photos.reduce((sum, photo) => sum + photo.bytes, 0) }
}

/** A part's posts, without those that were deleted meanwhile. */
export async function readPart(ctx: Context, ownerId: AccountId, exportId: ExportId, index: number) {
  const blob = await ctx.blobs.open(partKey(ownerId, exportId, index))
  if (!blob) throw new Error(`part ${index} of the export ${exportId} is not there`)
  try {
    const part = Part.Parse(await json(blob.read({ start: 0, end: blob.size - 1 })))
    const ids = part.flatMap(({ id }) => parseId<"post">(id) ?? [])
    const there = await ctx.db
      .select({ id: posts.id })
      .from(posts)
      .where(and(eq(posts.ownerId, ownerId), inArray(posts.id, ids)))
    const alive = new Set<string>(there.map(({ id }) => id))
    return part
      .filter(({ id }) => alive.has(id))
      .map(({ activity, photos }) => ({
        activity,
        photos: photos.flatMap(({ id, ...photo }) => {
          const mediaId = parseId<"media">(id)
          return mediaId ? [{ ...photo, id: mediaId }] : []
        }),
      }))
  } finally {
    await blob.close()
  }
}
