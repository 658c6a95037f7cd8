import type { Paging } from "@tintype/contract"
import { LIMITS } from "@tintype/contract/limits"
import { listMembers, newestFirst, readingOrder, within } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import { type AccountPage, accountPage } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { findList } from "./find-list.ts"

/** Who is on a list, ordered by account; all of them with a limit of 0. @throws NotFound, also for somebody else's */
export async function getListMembers(
  ctx: Context,
  actor: Actor,
  idText: string,
  asked: Paging,
): Promise<AccountPage> {
  const { ownerId, id } = await findList(ctx.db, actor.accountId, idText)
  const paging = asked.limit === 0 ? { limit: LIMITS.listMembers } : asked
  const isMember = and(eq(listMembers.ownerId, ownerId), eq(listMembers.listId, id))
  const rows = await ctx.db
    .select({ id: listMembers.accountId })
    .from(listMembers)
    .where(and(isMember, ...within(listMembers.accountId, paging)))
    .orderBy(readingOrder(listMembers.accountId, paging))
    .limit(paging.limit)
  return accountPage(
    ctx,
    newestFirst(
      rows.map((row) => row.id),
      paging,
    ),
  )
}
