import { type AccountId, accounts, type Db } from "@tintype/db"
import { inArray } from "drizzle-orm"

/** The names of accounts, of those that are there. */
export async function namesOf(db: Db, ids: readonly AccountId[]): Promise<Map<AccountId, string>> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  const rows = await db
    .select({ id: accounts.id, username: accounts.username })
    .from(accounts)
    .where(inArray(accounts.id, wanted))
  return new Map(rows.map(({ id, username }) => [id, username]))
}
