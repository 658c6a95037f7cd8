import type { Account } from "@tintype/contract"
import { accounts } from "@tintype/db"
import { and, desc, eq, isNull } from "drizzle-orm"
import { notBarred } from "../barred.ts"
import type { Actor, Context } from "../context.ts"
import { accountCardOf } from "./account-card.ts"
import { presentAccount } from "./present-account.ts"

/** Members who wish to be found, the newest first, but for those whom the viewer blocks, is blocked by or mutes. */
export async function listDirectory(
  ctx: Context,
  actor: Actor | null,
  { limit, offset }: { limit: number; offset: number },
): Promise<Account[]> {
  const spared = actor ? notBarred(actor.accountId, accounts.id, ctx.now()) : undefined
  const rows = await ctx.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.discoverable, true), isNull(accounts.deletedAt), spared))
    .orderBy(desc(accounts.id))
    .limit(limit)
    .offset(offset)
  return rows.flatMap((row) => {
    const { value } = accountCardOf(row)
    return value ? [presentAccount(ctx.settings, value)] : []
  })
}
