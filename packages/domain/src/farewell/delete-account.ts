import { type AccountId, accounts, type Db } from "@tintype/db"
import { asc, eq, sql } from "drizzle-orm"
import { accountCard, accountCardOf, isThere } from "../accounts/index.ts"
import { endSessions, forgetCredentials, knowsPassword } from "../auth/index.ts"
import type { Actor, Context } from "../context.ts"
import { Conflict, Invalid, Unauthorized } from "../errors.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { farewellWorkflow } from "./workflow.ts"

const PATIENCE_MS = 20_000

export interface Farewell {
  password: string
  /** Where the call comes from. */
  address: string
}

const wrongPassword = () =>
  new Invalid("Validation failed: Password is not right", {
    password: [{ error: "ERR_INVALID", description: "is not right" }],
  })

/**
 * Waits for all who write under the account, and keeps the others waiting: see `holdMember`. Of admins who leave at the
 * same moment one sees that the others have.
 *
 * @throws Conflict for the last admin; Unauthorized when the account is gone
 */
async function lockForGood(tx: Db, accountId: AccountId): Promise<void> {
  const [known] = await tx.select({ role: accounts.role }).from(accounts).where(isThere(accountId))
  const isIt = known?.role === "admin" ? sql`role = 'admin'` : isThere(accountId)
  const held = await tx
    .select({ id: accounts.id, deletedAt: accounts.deletedAt })
    .from(accounts)
    .where(isIt)
    .orderBy(asc(accounts.id))
    .for("update")
  if (!held.some(({ id, deletedAt }) => id === accountId && deletedAt === null)) throw new Unauthorized()
  if (known?.role === "admin" && held.length === 1) {
    throw new Conflict("You are the only admin: without you nobody could look after this server.")
  }
}

/**
 * Deletes the member's own account. When this returns, nobody sees it or anything of it any more, and nobody is signed
 * in to it; what it leaves is erased by a workflow. The name is never given away again.
 *
 * @throws Invalid when the password is not right; Conflict for the last admin; TooMany; Unavailable
 */
export async function deleteAccount(ctx: Context, { accountId }: Actor, farewell: Farewell): Promise<void> {
  if (!(await knowsPassword(ctx, accountId, farewell))) throw wrongPassword()
  await unitOfWork(ctx, accountId, async (unit) => {
    await lockForGood(unit.db, accountId)
    const [row] = await unit.db
      .update(accounts)
      .set({
        deletedAt: sql`now()`,
        role: "member",
        displayName: "",
        note: "",
        avatar: null,
        header: null,
        lastPostOn: null,
        version: sql`${accounts.version} + 1`,
      })
      .where(eq(accounts.id, accountId))
      .returning()
    if (!row) throw new Unauthorized()
    await forgetCredentials(unit.db, accountId)
    await unit.start(farewellWorkflow, accountId, {})
    unit.put(accountCard.key(accountId), accountCardOf(row))
  })
  await endSessions(ctx, accountId, AbortSignal.timeout(PATIENCE_MS))
  await ctx.blobs.withdraw(accountId)
  ctx.log.info({ accountId }, "an account was deleted by its member")
}
