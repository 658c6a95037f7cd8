import type { AccountId } from "@tintype/db"
import { type SQL, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { inBatches } from "../in-batches.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { KEYS } from "./collect-chunks.ts"
import { eraseFollowers, eraseFollows } from "./erase-follows.ts"
import { eraseBookmarks, eraseLikes } from "./erase-marks.ts"
import { erasePosts } from "./erase-posts.ts"
import type { Chunk, Chunked } from "./workflow.ts"

/** Rows of one transaction, which holds others' rows as well and has to stay short. */
const AT_ONCE = 100

const erasers: Readonly<
  Record<Chunked, (unit: UnitOfWork, accountId: AccountId, batch: SQL) => Promise<number>>
> = {
  posts: erasePosts,
  likes: eraseLikes,
  bookmarks: eraseBookmarks,
  follows: eraseFollows,
  followers: eraseFollowers,
}

/** Erases what is left of a chunk, batch by batch: what one run got done, the next one does not find. @returns how much */
export async function eraseChunk(
  ctx: Context,
  accountId: AccountId,
  { kind, after, upTo }: Chunk,
  signal: AbortSignal,
): Promise<number> {
  const { of, key } = KEYS[kind]
  const batch = sql`${key} in (select ${key} from ${key.table} where ${of} = ${accountId}::bigint
    and ${key} > ${after}::bigint and ${key} <= ${upTo}::bigint order by ${key} limit ${AT_ONCE}::int)`
  return inBatches(signal, async () => {
    const { result } = await unitOfWork(ctx, accountId, (unit) => erasers[kind](unit, accountId, batch))
    return result
  })
}
