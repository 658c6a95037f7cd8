import type { Token } from "@tintype/contract"
import { type AccountId, type AppId, accessTokens, type Db } from "@tintype/db"
import { hashSecret, randomSecret } from "./secrets.ts"

export interface Grant {
  appId: AppId
  /** Null for the app itself. */
  accountId: AccountId | null
  scopes: readonly string[]
}

/** A token and what is kept of it, before it is written. */
export interface FreshToken {
  secret: string
  hash: string
}

export function freshToken(): FreshToken {
  const secret = randomSecret()
  return { secret, hash: hashSecret(secret) }
}

/**
 * Writes a token that stands for the grant. The cache needs no word of it: nobody can have asked for it before.
 *
 * @param db the transaction of whatever the token is given for
 */
export async function writeToken(
  db: Db,
  token: FreshToken,
  { appId, accountId, scopes }: Grant,
): Promise<Token> {
  const [row] = await db
    .insert(accessTokens)
    .values({ tokenHash: token.hash, appId, accountId, scopes: [...scopes] })
    .returning({ createdAt: accessTokens.createdAt })
  if (!row) throw new Error("the token was not written")
  return {
    access_token: token.secret,
    token_type: "Bearer",
    scope: scopes.join(" "),
    created_at: Math.floor(row.createdAt.getTime() / 1000),
  }
}
