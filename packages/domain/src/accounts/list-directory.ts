import type { Account } from "@tintype/contract"
import { accounts } from "@tintype/db"
import { desc, eq } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { accountCardOf } from "./account-card.ts"
import { presentAccount } from "./present-account.ts"

/** Members who wish to be found, the newest first. */
export async function listDirectory(
  ctx: Context,
  _actor: Actor | null,
  { limit, offset }: { limit: number; offset: number },
): Promise<Account[]> {
  const rows = await ctx.db
    .select()
    .from(accounts)
    .where(eq(accounts.discoverable, true))
    .orderBy(desc(accounts.id))
    .limit(limit)
    .offset(offset)
  return rows.flatMap((row) => {
    const { value } = accountCardOf(row)
    return value ? [presentAccount(ctx.settings, value)] : []
  })
}
