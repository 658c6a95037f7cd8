import type { KeyFrame, ListKeys } from "@tintype/cache"
import type { AccountId, Db } from "@tintype/db"
import { sql } from "drizzle-orm"

/**
 * Followers that one statement gives. Postgres walks the index for so many, and goes on where it stopped; of a greater
 * part of an account's followers it would rather read all, every time, and sort.
 */
export const FOLLOWERS_AT_ONCE = 3_000

/** What stands between two ids makes one text of keys of them, which costs little more than the ids alone. */
async function readIds(
  db: Db,
  followeeId: AccountId,
  after: string,
  between: string,
): Promise<string | null> {
  const [row] = await db.execute<{ ids: string | null }>(sql`
    select string_agg(follower_id::text, ${between}) as ids from (
      select follower_id from followers where followee_id = ${followeeId}::bigint and follower_id > ${after}::bigint
      order by follower_id limit ${FOLLOWERS_AT_ONCE}::int) as page`)
  return row?.ids ?? null
}

function lastOf(ids: string, between: string): string {
  const at = ids.lastIndexOf(between)
  return at < 0 ? ids : ids.slice(at + between.length)
}

/** Ids that rise: nearly always of as many digits, or else taken apart. */
function partsOf(ids: string, between: string, { before, after }: KeyFrame): ListKeys[] {
  const first = ids.indexOf(between)
  const digits = first < 0 ? ids.length : first
  if (digits === lastOf(ids, between).length) {
    return [{ text: before + ids + after, length: before.length + digits + after.length }]
  }
  const byDigits = Map.groupBy(ids.split(between), (id) => id.length)
  return [...byDigits.values()].flatMap((same) => partsOf(same.join(between), between, { before, after }))
}

/** The keys of the lists of all followers of an account, each once, some at a time: index-only scans. */
export async function* followerKeys(
  db: Db,
  followeeId: AccountId,
  frame: KeyFrame,
): AsyncGenerator<readonly ListKeys[], void> {
  const between = frame.after + frame.before
  let last = "0"
  for (let count = FOLLOWERS_AT_ONCE; count === FOLLOWERS_AT_ONCE; ) {
    const ids = await readIds(db, followeeId, last, between)
    if (!ids) return
    last = lastOf(ids, between)
    const parts = partsOf(ids, between, frame)
    count = parts.reduce((sum, { text, length }) => sum + text.length / length, 0)
    yield parts
  }
}
