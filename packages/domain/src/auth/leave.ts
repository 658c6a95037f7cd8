import { type AccountId, accessTokens, authorizationCodes, credentials, type Db, emails } from "@tintype/db"
import { and, eq, inArray, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { inBatches } from "../in-batches.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { sessionEnded } from "./events.ts"
import { tokenCardOf, tokenEntry } from "./session.ts"

/** Tokens that end in one transaction, and cached copies that are overwritten with it. */
const AT_ONCE = 200

/** Nobody signs in as this member any more, in the transaction that ends their account; the address is free again. */
export async function forgetCredentials(tx: Db, accountId: AccountId): Promise<void> {
  const gone = await tx
    .delete(credentials)
    .where(eq(credentials.accountId, accountId))
    .returning({ email: credentials.email })
  const addresses = gone.map(({ email }) => email)
  if (addresses.length > 0) await tx.delete(emails).where(inArray(emails.email, addresses))
  await tx.delete(authorizationCodes).where(eq(authorizationCodes.accountId, accountId))
}

async function revokeSome(unit: UnitOfWork, accountId: AccountId): Promise<number> {
  const some = unit.db
    .select({ hash: accessTokens.tokenHash })
    .from(accessTokens)
    .where(and(eq(accessTokens.accountId, accountId), eq(accessTokens.revoked, false)))
    .limit(AT_ONCE)
  const rows = await unit.db
    .update(accessTokens)
    .set({ revoked: true, version: sql`${accessTokens.version} + 1` })
    .where(inArray(accessTokens.tokenHash, some))
    .returning()
  for (const row of rows) unit.put(tokenEntry.key(row.tokenHash), tokenCardOf(row))
  if (rows.length > 0) unit.publish(sessionEnded, accountId, { accountId })
  return rows.length
}

/** Ends all tokens of an account: valid nowhere when this returns, whatever was cached. Safe to run twice. */
export async function endSessions(ctx: Context, accountId: AccountId, signal: AbortSignal): Promise<void> {
  await inBatches(signal, async () => {
    const { result } = await unitOfWork(ctx, accountId, (unit) => revokeSome(unit, accountId))
    return result
  })
}

/** Removes what is left of tokens and codes that have ended. Safe to run twice. */
export async function eraseGrants({ db }: Context, accountId: AccountId, signal: AbortSignal): Promise<void> {
  await db.delete(authorizationCodes).where(eq(authorizationCodes.accountId, accountId))
  await inBatches(signal, async () => {
    const some = db
      .select({ hash: accessTokens.tokenHash })
      .from(accessTokens)
      .where(and(eq(accessTokens.accountId, accountId), eq(accessTokens.revoked, true)))
      .limit(AT_ONCE)
    const gone = await db
      .delete(accessTokens)
      .where(inArray(accessTokens.tokenHash, some))
      .returning({ hash: accessTokens.tokenHash })
    return gone.length
  })
}
