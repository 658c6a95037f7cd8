import { type AccountId, accounts, type Db } from "@tintype/db"
import { PermanentFailure } from "@tintype/queue"
import { sql } from "drizzle-orm"
import { isThere } from "../accounts/index.ts"
import type { Context } from "../context.ts"

/** Posts of a chunk: what one job packs, and what is in memory at once. */
const CHUNK = 500

/** Posts of an account that follow each other: those after one id up to another. */
export interface Chunk {
  after: string
  upTo: string
}

/** An account that is gone is not exported any more; within a transaction it stays until the end. @throws PermanentFailure */
export async function checkAccount(db: Db, ownerId: AccountId): Promise<void> {
  const [row] = await db.select({ id: accounts.id }).from(accounts).where(isThere(ownerId)).for("key share")
  if (!row) throw new PermanentFailure("the account is gone")
}

/** Cuts an account's posts, as they are now, into chunks. */
export async function collectPosts({ db }: Context, ownerId: AccountId): Promise<Chunk[]> {
  await checkAccount(db, ownerId)
  const rows = await db.execute<{ id: string }>(sql`
    select id from (
      select id, row_number() over (order by id) as place, count(*) over () as total from posts
      where owner_id = ${ownerId}::bigint) as numbered
    where place % ${CHUNK}::int = 0 or place = total
    order by id`)
  return rows.map(({ id }, index) => ({ after: rows[index - 1]?.id ?? "0", upTo: id }))
}
