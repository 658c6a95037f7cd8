import type { List } from "@tintype/contract"
import { type AccountId, type Db, type ListId, lists, parseId } from "@tintype/db"
import { and, asc, eq } from "drizzle-orm"
import { NotFound } from "../errors.ts"

export type ListRow = typeof lists.$inferSelect

export const presentList = ({ id, title, repliesPolicy, exclusive }: ListRow): List => ({
  id,
  title,
  replies_policy: repliesPolicy,
  exclusive,
})

/** The id of a list. @throws NotFound for what is no id */
export function listIdOf(text: string): ListId {
  const id = parseId<"list">(text)
  if (!id) throw new NotFound()
  return id
}

/** One of the member's lists. @throws NotFound, also for somebody else's */
export async function findList(db: Db, ownerId: AccountId, idText: string): Promise<ListRow> {
  const isIt = and(eq(lists.ownerId, ownerId), eq(lists.id, listIdOf(idText)))
  const [row] = await db.select().from(lists).where(isIt)
  if (!row) throw new NotFound()
  return row
}

/**
 * Holds all of an owner's lists until the transaction ends, so that changes of them come one after the other: whether
 * an account is on an exclusive one is a question to all of them.
 *
 * @throws NotFound when this one is not among them
 */
export async function holdLists(db: Db, ownerId: AccountId, id: ListId): Promise<ListRow> {
  const rows = await db
    .select()
    .from(lists)
    .where(eq(lists.ownerId, ownerId))
    .orderBy(asc(lists.id))
    .for("update")
  const found = rows.find((row) => row.id === id)
  if (!found) throw new NotFound()
  return found
}
