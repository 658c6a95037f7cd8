import { randomUUIDv7 } from "node:crypto"
import type { Db } from "@tintype/db"
import { sql } from "drizzle-orm"

/** What a member does: a like, say. */
export const writeOperation = (tx: Db) =>
  tx.execute(sql`insert into written values (${randomUUIDv7()}, 1, 'a like')`)

/** What its job does. */
export const writeEffect = (tx: Db) => tx.execute(sql`insert into effects values (${randomUUIDv7()})`)
