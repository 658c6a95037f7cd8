import { accounts, parseId } from "@tintype/db"
import { eq, sql } from "drizzle-orm"
import { accountCard, accountCardOf } from "../accounts/index.ts"
import type { Context } from "../context.ts"
import { takeDeltas } from "../counter-deltas.ts"
import { unitOfWork } from "../unit-of-work.ts"

/** Safe to run twice: the second run finds no notes. */
export async function foldFollowers(ctx: Context, accountIdText: string): Promise<void> {
  const accountId = parseId<"account">(accountIdText)
  if (!accountId) return
  await unitOfWork(ctx, accountId, async (unit) => {
    const sum = await takeDeltas(unit.db, accountId, accountId)
    if (sum === 0) return
    const [row] = await unit.db
      .update(accounts)
      .set({
        followersCount: sql`greatest(0, ${accounts.followersCount} + ${sum})`,
        version: sql`${accounts.version} + 1`,
      })
      .where(eq(accounts.id, accountId))
      .returning()
    if (row) unit.putCounted(accountCard.key(accountId), accountCardOf(row))
  })
}
