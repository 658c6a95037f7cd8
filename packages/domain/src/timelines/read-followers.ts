import type { AccountId, Db } from "@tintype/db"
import { sql } from "drizzle-orm"

/**
 * Followers that one statement gives. Postgres walks the index for so many, and goes on where it stopped; of a greater
 * part of an account's followers it would rather read all, every time, and sort.
 */
export const FOLLOWERS_AT_ONCE = 3_000

/** They come as one text, which costs a tenth of what as many rows would. */
async function readFollowers(db: Db, followeeId: AccountId, after: AccountId | "0"): Promise<AccountId[]> {
  const [row] = await db.execute<{ ids: string | null }>(sql`
    select string_agg(follower_id::text, ',') as ids from (
      select follower_id from followers where followee_id = ${followeeId}::bigint and follower_id > ${after}::bigint
      order by follower_id limit ${FOLLOWERS_AT_ONCE}::int) as page`)
  // The column holds ids of accounts.
  return row?.ids ? (row.ids.split(",") as AccountId[]) : []
}

/** All followers of an account in the order of their ids, some at a time: index-only scans. */
export async function* followersOf(db: Db, followeeId: AccountId): AsyncGenerator<AccountId[], void> {
  let page: AccountId[] = []
  do {
    page = await readFollowers(db, followeeId, page.at(-1) ?? "0")
    if (page.length > 0) yield page
  } while (page.length === FOLLOWERS_AT_ONCE)
}
