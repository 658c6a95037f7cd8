import type { List } from "@tintype/contract"
import { listMembers, lists, parseId } from "@tintype/db"
import { and, asc, eq, getTableColumns } from "drizzle-orm"
import { readAccountCard } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { findList, presentList } from "./find-list.ts"

/** The member's lists, the oldest first. */
export async function getLists({ db }: Context, { accountId }: Actor): Promise<List[]> {
  const rows = await db.select().from(lists).where(eq(lists.ownerId, accountId)).orderBy(asc(lists.id))
  return rows.map(presentList)
}

/** @throws NotFound, also for somebody else's list */
export async function getList({ db }: Context, actor: Actor, idText: string): Promise<List> {
  return presentList(await findList(db, actor.accountId, idText))
}

/** Those of the member's lists that an account is on. @throws NotFound when there is no such account */
export async function getListsWith(ctx: Context, actor: Actor, accountIdText: string): Promise<List[]> {
  const accountId = parseId<"account">(accountIdText)
  if (!accountId) throw new NotFound()
  await readAccountCard(ctx, accountId)
  const rows = await ctx.db
    .select(getTableColumns(lists))
    .from(listMembers)
    .innerJoin(lists, and(eq(lists.ownerId, listMembers.ownerId), eq(lists.id, listMembers.listId)))
    .where(and(eq(listMembers.ownerId, actor.accountId), eq(listMembers.accountId, accountId)))
    .orderBy(asc(lists.id))
  return rows.map(presentList)
}
