import { LIMITS } from "@tintype/contract/limits"
import { type AccountId, listMembers, parseId } from "@tintype/db"
import { and, eq, inArray } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { Invalid, NotFound } from "../errors.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { holdLists, listIdOf } from "./find-list.ts"
import { holdFollows, settleHome } from "./settle-home.ts"

/** @throws NotFound when one of them is no id */
function accountIdsOf(texts: readonly string[]): AccountId[] {
  return [...new Set(texts)].map((text) => {
    const id = parseId<"account">(text)
    if (!id) throw new NotFound()
    return id
  })
}

/**
 * Puts accounts on a list: all of them or none. Those that are on it stay.
 *
 * @throws NotFound for a list that is not the member's, and for an account that they do not follow (their own may be
 * on it); Invalid when the list would be too long
 */
export async function addToList(
  ctx: Context,
  { accountId: ownerId }: Actor,
  idText: string,
  accounts: readonly string[],
): Promise<void> {
  const [listId, accountIds] = [listIdOf(idText), accountIdsOf(accounts)]
  await unitOfWork(ctx, ownerId, async (unit) => {
    const list = await holdLists(unit.db, ownerId, listId)
    if (accountIds.length === 0) return
    const followed = await holdFollows(unit.db, ownerId, accountIds)
    if (accountIds.some((id) => id !== ownerId && !followed.has(id))) throw new NotFound()
    await unit.db
      .insert(listMembers)
      .values(accountIds.map((accountId) => ({ ownerId, listId, accountId })))
      .onConflictDoNothing()
    const isMember = and(eq(listMembers.ownerId, ownerId), eq(listMembers.listId, listId))
    if ((await unit.db.$count(listMembers, isMember)) > LIMITS.listMembers) {
      throw new Invalid(`Validation failed: a list may have ${LIMITS.listMembers} accounts at most`)
    }
    if (list.exclusive) await settleHome(unit, ownerId, accountIds)
  })
}

/** Takes accounts off a list; those that are not on it make no difference. @throws NotFound */
export async function removeFromList(
  ctx: Context,
  { accountId: ownerId }: Actor,
  idText: string,
  accounts: readonly string[],
): Promise<void> {
  const [listId, accountIds] = [listIdOf(idText), accountIdsOf(accounts)]
  await unitOfWork(ctx, ownerId, async (unit) => {
    const list = await holdLists(unit.db, ownerId, listId)
    if (accountIds.length === 0) return
    if (list.exclusive) await holdFollows(unit.db, ownerId, accountIds)
    const { ownerId: owner, listId: ofList, accountId } = listMembers
    await unit.db
      .delete(listMembers)
      .where(and(eq(owner, ownerId), eq(ofList, listId), inArray(accountId, accountIds)))
    if (list.exclusive) await settleHome(unit, ownerId, accountIds)
  })
}
