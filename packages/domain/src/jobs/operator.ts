import { type AccountId, accounts } from "@tintype/db"
import { SYSTEM } from "@tintype/queue"
import { eq } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { Forbidden } from "../errors.ts"

declare const operator: unique symbol

/** Somebody who may steer the instance. Only the two functions below make one. */
export interface Operator {
  readonly accountId: AccountId
  readonly [operator]: true
}

const operatorWith = (accountId: AccountId) => ({ accountId }) as Operator

/** An admin. Their role is read from the row: one who lost it has lost it at once. @throws Forbidden */
export async function operatorOf(
  { db }: Context,
  { accountId }: Pick<Actor, "accountId">,
): Promise<Operator> {
  const [row] = await db.select({ role: accounts.role }).from(accounts).where(eq(accounts.id, accountId))
  if (row?.role !== "admin") throw new Forbidden()
  return operatorWith(accountId)
}

/** Whoever has a shell with the instance's secrets; in the audit no account. */
export const shellOperator = operatorWith(SYSTEM)
