import type { Token } from "@tintype/contract"
import { authorizationCodes, type Db, inTransaction } from "@tintype/db"
import { and, eq, isNull } from "drizzle-orm"
import type { Context } from "../context.ts"
import { authenticateClient, type ClientCredentials } from "./app.ts"
import { freshToken, writeToken } from "./issue-token.ts"
import { invalidGrant, OAuthRefusal } from "./oauth-refusal.ts"
import { revokeTokenHash } from "./revoke-token.ts"
import { hashSecret, sameText } from "./secrets.ts"

export interface CodeGrant extends ClientCredentials {
  code: string | undefined
  redirectUri: string | undefined
  codeVerifier: string | undefined
}

type CodeRow = typeof authorizationCodes.$inferSelect

async function findCode(db: Db, codeHash: string): Promise<CodeRow | null> {
  const [row] = await db.select().from(authorizationCodes).where(eq(authorizationCodes.codeHash, codeHash))
  return row ?? null
}

/** RFC 7636, section 4.6. A verifier without a challenge is refused too: someone took the challenge away. */
function verifierMatches(challenge: string | null, verifier: string | undefined): boolean {
  if (challenge === null) return !verifier
  return verifier !== undefined && sameText(hashSecret(verifier), challenge)
}

/**
 * Exchanges a code for a token, once. A second exchange means that the code has leaked: the token of the first one
 * is revoked (RFC 6749, section 4.1.2; RFC 9700, section 2.1.1).
 *
 * @throws OAuthRefusal
 */
export async function exchangeCode(ctx: Context, input: CodeGrant): Promise<Token> {
  const app = await authenticateClient(ctx.db, input)
  if (!input.code) throw new OAuthRefusal("invalid_request", "Missing required parameter: code.")
  const codeHash = hashSecret(input.code)
  const code = await findCode(ctx.db, codeHash)
  if (!code || code.appId !== app.id) throw invalidGrant()
  if (code.redirectUri !== input.redirectUri) throw invalidGrant()
  if (!verifierMatches(code.codeChallenge, input.codeVerifier)) throw invalidGrant()
  if (code.expiresAt <= ctx.now() && code.tokenHash === null) throw invalidGrant()
  const token = await claimToken(ctx, code)
  if (token) return token
  const used = await findCode(ctx.db, codeHash)
  if (used?.tokenHash) await revokeTokenHash(ctx, used.tokenHash)
  throw invalidGrant()
}

/** The token of the code's first exchange; null when it was exchanged before. */
function claimToken(ctx: Context, code: CodeRow): Promise<Token | null> {
  return inTransaction(ctx.db, async (tx) => {
    const fresh = freshToken()
    const claimed = await tx
      .update(authorizationCodes)
      .set({ tokenHash: fresh.hash })
      .where(and(eq(authorizationCodes.codeHash, code.codeHash), isNull(authorizationCodes.tokenHash)))
      .returning({ codeHash: authorizationCodes.codeHash })
    if (claimed.length === 0) return null
    return writeToken(tx, fresh, code)
  })
}
