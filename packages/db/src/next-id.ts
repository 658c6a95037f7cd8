import { sql } from "drizzle-orm"
import { type Id, shardOf } from "./ids.ts"
import type { Db } from "./open-db.ts"

/** For the `id` column of an INSERT: the next id in the shard of the account that owns the row. */
export const nextIdOf = (owner: Id) => sql<string>`next_id(${shardOf(owner)}::int)`

/** For a new account's own id: any shard, so that accounts spread evenly. */
export const nextAccountId = () => sql<string>`next_id(floor(random() * 8192)::int)`

/** An id of its own for what must be named before its row is written, such as a file. */
export async function newIdOf<T extends Id>(db: Db, owner: Id): Promise<T> {
  const [row] = await db.execute<{ id: T }>(sql`select ${nextIdOf(owner)} as id`)
  if (!row) throw new Error("next_id gave nothing")
  return row.id
}
