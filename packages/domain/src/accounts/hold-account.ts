import { type AccountId, accounts, type Db } from "@tintype/db"
import { and, eq, isNull, type SQL, sql } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import { NotFound, Unauthorized } from "../errors.ts"

/** The account is there: it was not deleted by its member. */
export const isThere = (id: AccountId) => and(eq(accounts.id, id), isNull(accounts.deletedAt))

async function isHeld(tx: Db, id: AccountId): Promise<boolean> {
  const held = await tx.select({ id: accounts.id }).from(accounts).where(isThere(id)).for("key share")
  return held.length > 0
}

/**
 * Keeps the member's account from being deleted until the transaction ends, without waiting for those who count or
 * change it. Whatever writes rows under an account holds it, or changes its row, in the same transaction: so what was
 * written before the deletion is seen by whoever erases, and nothing is written after it.
 *
 * @throws Unauthorized when it is gone
 */
export async function holdMember(tx: Db, id: AccountId): Promise<void> {
  if (!(await isHeld(tx, id))) throw new Unauthorized()
}

/** The same for several accounts, whoever asks. @throws NotFound when one of them is gone */
export async function holdAccounts(tx: Db, ids: readonly AccountId[]): Promise<void> {
  const held = await Promise.all(ids.map((id) => isHeld(tx, id)))
  if (held.includes(false)) throw new NotFound()
}

/**
 * The account of this column is there. Asked of lists of posts that are read again since nothing was left of a page:
 * else the posts of somebody who has just left could look like the end of a timeline until they are erased.
 */
export const ownerIsThere = (ownerId: PgColumn): SQL => sql`not exists (
  select from accounts gone where gone.id = ${ownerId} and gone.deleted_at is not null)`
