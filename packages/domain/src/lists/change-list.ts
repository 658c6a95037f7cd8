import type { List } from "@tintype/contract"
import { type AccountId, type Db, type ListId, listMembers, lists } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { unitOfWork } from "../unit-of-work.ts"
import type { NewList } from "./create-list.ts"
import { holdLists, listIdOf, presentList } from "./find-list.ts"
import { checkTitle } from "./list-title.ts"
import { holdFollows, settleHome } from "./settle-home.ts"

const isList = (ownerId: AccountId, id: ListId) => and(eq(lists.ownerId, ownerId), eq(lists.id, id))
const isMember = (ownerId: AccountId, id: ListId) =>
  and(eq(listMembers.ownerId, ownerId), eq(listMembers.listId, id))

/** The accounts on a list, with the owner's edges to them held. */
async function holdMembers(db: Db, ownerId: AccountId, id: ListId): Promise<AccountId[]> {
  const rows = await db.select({ id: listMembers.accountId }).from(listMembers).where(isMember(ownerId, id))
  const accountIds = rows.map((row) => row.id)
  if (accountIds.length > 0) await holdFollows(db, ownerId, accountIds)
  return accountIds
}

/** Changes what is given, leaves the rest. @throws NotFound, also for somebody else's list; Invalid */
export async function updateList(
  ctx: Context,
  { accountId: ownerId }: Actor,
  idText: string,
  change: Partial<NewList>,
): Promise<List> {
  const id = listIdOf(idText)
  const title = change.title === undefined ? undefined : checkTitle(change.title)
  const { result } = await unitOfWork(ctx, ownerId, async (unit) => {
    const before = await holdLists(unit.db, ownerId, id)
    const { repliesPolicy = before.repliesPolicy, exclusive = before.exclusive } = change
    const [row] = await unit.db
      .update(lists)
      .set({ title: title ?? before.title, repliesPolicy, exclusive })
      .where(isList(ownerId, id))
      .returning()
    if (!row) throw new NotFound()
    if (exclusive !== before.exclusive) {
      await settleHome(unit, ownerId, await holdMembers(unit.db, ownerId, id))
    }
    return row
  })
  return presentList(result)
}

/** Deletes a list; those on it are followed as before. @throws NotFound, also for somebody else's list */
export async function deleteList(ctx: Context, { accountId: ownerId }: Actor, idText: string): Promise<void> {
  const id = listIdOf(idText)
  await unitOfWork(ctx, ownerId, async (unit) => {
    const { exclusive } = await holdLists(unit.db, ownerId, id)
    const members = exclusive ? await holdMembers(unit.db, ownerId, id) : []
    await unit.db.delete(listMembers).where(isMember(ownerId, id))
    await unit.db.delete(lists).where(isList(ownerId, id))
    await settleHome(unit, ownerId, members)
  })
}
