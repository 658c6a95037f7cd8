import { type AccountId, bookmarks, followers, follows, likes, posts } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import { endSessions } from "../auth/index.ts"
import type { Context } from "../context.ts"
import { streamAccountGone } from "../streams/index.ts"
import { CHUNKED, type Chunk, type Chunked } from "./workflow.ts"

/** Rows of a chunk, unless there would be too many chunks of a kind. */
const CHUNK = 500
const MOST_CHUNKS = 500

/** Under which account rows of a kind stand, and in which order. */
export const KEYS: Readonly<Record<Chunked, { of: PgColumn; key: PgColumn }>> = {
  posts: { of: posts.ownerId, key: posts.id },
  likes: { of: likes.accountId, key: likes.id },
  bookmarks: { of: bookmarks.accountId, key: bookmarks.postId },
  follows: { of: follows.followerId, key: follows.followeeId },
  followers: { of: followers.followeeId, key: followers.followerId },
}

async function cut({ db }: Context, accountId: AccountId, kind: Chunked): Promise<Chunk[]> {
  const { of, key } = KEYS[kind]
  const rows = await db.execute<{ id: string }>(sql`
    select id from (
      select ${key} as id, row_number() over (order by ${key}) as place, count(*) over () as total
      from ${key.table} where ${of} = ${accountId}::bigint) as numbered
    where place % greatest(${CHUNK}::int, total / ${MOST_CHUNKS}::int + 1) = 0 or place = total
    order by id`)
  return rows.map(({ id }, index) => ({ kind, after: rows[index - 1]?.id ?? "0", upTo: id }))
}

/**
 * Sees to it that nothing of the account is reached any more, should its deletion have been cut off before that, takes
 * it off the open timelines, and cuts what there is into chunks.
 */
export async function collectChunks(
  ctx: Context,
  accountId: AccountId,
  signal: AbortSignal,
): Promise<Chunk[]> {
  await endSessions(ctx, accountId, signal)
  await ctx.blobs.withdraw(accountId)
  await streamAccountGone(ctx, accountId)
  const chunks: Chunk[] = []
  for (const kind of CHUNKED) chunks.push(...(await cut(ctx, accountId, kind)))
  return chunks
}
