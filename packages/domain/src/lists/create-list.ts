import type { List } from "@tintype/contract"
import { LIMITS } from "@tintype/contract/limits"
import { accounts, inTransaction, type ListId, lists, nextIdOf } from "@tintype/db"
import { eq, sql } from "drizzle-orm"
import { isThere } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { Invalid, Unauthorized } from "../errors.ts"
import { presentList } from "./find-list.ts"
import { checkTitle } from "./list-title.ts"

export interface NewList {
  title: string
  repliesPolicy?: List["replies_policy"] | undefined
  exclusive?: boolean | undefined
}

/** Makes a list with nobody on it. @throws Invalid for its title, and when the member has as many as one may have */
export async function createList(ctx: Context, { accountId: ownerId }: Actor, list: NewList): Promise<List> {
  const title = checkTitle(list.title)
  return inTransaction(ctx.db, async (tx) => {
    // Whoever makes lists at the same time waits here, so that each counts those of the others.
    const [owner] = await tx
      .select({ id: accounts.id })
      .from(accounts)
      .where(isThere(ownerId))
      .for("no key update")
    if (!owner) throw new Unauthorized()
    if ((await tx.$count(lists, eq(lists.ownerId, ownerId))) >= LIMITS.lists) {
      throw new Invalid(`Validation failed: there may be ${LIMITS.lists} lists at most`)
    }
    const id = sql<ListId>`${nextIdOf(ownerId)}`
    const { repliesPolicy = "list", exclusive = false } = list
    const [row] = await tx.insert(lists).values({ ownerId, id, title, repliesPolicy, exclusive }).returning()
    if (!row) throw new Error("the list was not written")
    return presentList(row)
  })
}
