import { accessTokens, parseId } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { authenticateClient, type ClientCredentials } from "./app.ts"
import { sessionEnded } from "./events.ts"
import { OAuthRefusal } from "./oauth-refusal.ts"
import { hashSecret } from "./secrets.ts"
import { type Session, tokenCardOf, tokenEntry } from "./session.ts"

/** Ends a token everywhere: the cached copy is overwritten with the write. Again changes nothing. */
export async function revokeTokenHash(ctx: Context, tokenHash: string): Promise<void> {
  const [token] = await ctx.db.select().from(accessTokens).where(eq(accessTokens.tokenHash, tokenHash))
  const owner = token && parseId<"account">(token.accountId ?? token.appId)
  if (!owner || token.revoked) return
  await unitOfWork(ctx, owner, async (unit) => {
    const [row] = await unit.db
      .update(accessTokens)
      .set({ revoked: true, version: sql`${accessTokens.version} + 1` })
      .where(and(eq(accessTokens.tokenHash, tokenHash), eq(accessTokens.revoked, false)))
      .returning()
    if (!row) return
    unit.put(tokenEntry.key(tokenHash), tokenCardOf(row))
    if (row.accountId) unit.publish(sessionEnded, owner, { accountId: row.accountId })
  })
}

export interface Revocation extends ClientCredentials {
  token: string
}

/**
 * RFC 7009: a client gives one of its tokens back. An unknown token is no error.
 *
 * @throws OAuthRefusal `invalid_client`; `unauthorized_client` for a token of another client
 */
export async function revokeToken(ctx: Context, _actor: null, input: Revocation): Promise<void> {
  const app = await authenticateClient(ctx.db, input)
  const tokenHash = hashSecret(input.token)
  const [token] = await ctx.db
    .select({ appId: accessTokens.appId })
    .from(accessTokens)
    .where(eq(accessTokens.tokenHash, tokenHash))
  if (!token) return
  if (token.appId !== app.id) {
    throw new OAuthRefusal("unauthorized_client", "You are not authorized to revoke this token")
  }
  await revokeTokenHash(ctx, tokenHash)
}

/** Ends the caller's session everywhere. */
export async function signOut(ctx: Context, session: Session | null): Promise<void> {
  if (session) await revokeTokenHash(ctx, session.tokenHash)
}
