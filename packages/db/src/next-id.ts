import { sql } from "drizzle-orm"
import { PgTransaction } from "drizzle-orm/pg-core"
import { type Id, shardOf } from "./ids.ts"
import type { Db } from "./open-db.ts"

/** For the `id` column of an INSERT: the next id in the shard of the account that owns the row. */
export const nextIdOf = (owner: Id) => sql<string>`next_id(${shardOf(owner)}::int)`

/** For a new account's own id: any shard, so that accounts spread evenly. */
export const nextAccountId = () => sql<string>`next_id(floor(random() * 8192)::int)`

/** Only of the statement's own transaction, as there is no other one around it. */
const SOON = sql.raw(", set_config('synchronous_commit', 'off', true)")
const ON_DISK = sql.raw("")

/**
 * An id of its own for what must be named before its row is written, such as a file. Outside of a transaction it is not
 * waited until it is on disk that the id was given: whatever is written under it comes later in the log, and after a
 * crash the clock makes other ids.
 */
export async function newIdOf<T extends Id>(db: Db, owner: Id): Promise<T> {
  const lasts = db instanceof PgTransaction ? ON_DISK : SOON
  const [row] = await db.execute<{ id: T }>(sql`select ${nextIdOf(owner)} as id${lasts}`)
  if (!row) throw new Error("next_id gave nothing")
  return row.id
}
