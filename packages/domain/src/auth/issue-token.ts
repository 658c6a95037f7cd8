import type { Token } from "@tintype/contract"
import { type AccountId, type AppId, accessTokens, type Db } from "@tintype/db"
import { holdMember } from "../accounts/index.ts"
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
 * @param tx the transaction of whatever the token is given for
 * @throws Unauthorized when the account is gone
 */
export async function writeToken(
  tx: Db,
  token: FreshToken,
  { appId, accountId, scopes }: Grant,
): Promise<Token> {
  if (accountId) await holdMember(tx, accountId)
  const [row] = await tx
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
