import type { Token } from "@tintype/contract"
import { inTransaction } from "@tintype/db"
import type { Context } from "../context.ts"
import { authenticateClient, type ClientCredentials } from "./app.ts"
import { checkLogin } from "./check-login.ts"
import { type CodeGrant, exchangeCode } from "./exchange-code.ts"
import { freshToken, writeToken } from "./issue-token.ts"
import { invalidGrant, invalidScope, OAuthRefusal } from "./oauth-refusal.ts"
import { coversAll, parseScopes } from "./scopes.ts"

export interface TokenRequest extends CodeGrant {
  grantType: string
  scope: string | undefined
  username: string | undefined
  password: string | undefined
  /** Where the call comes from. */
  address: string
}

/** The scopes asked for; without any, `read`. @throws OAuthRefusal when they exceed what the app registered */
function grantedScopes(appScopes: readonly string[], scope: string | undefined): string[] {
  const scopes = parseScopes(scope)
  if (!scopes || !coversAll(appScopes, scopes)) throw invalidScope()
  return scopes
}

/** A token of the app itself (RFC 6749, section 4.4). */
async function grantToApp(
  ctx: Context,
  input: ClientCredentials & Pick<TokenRequest, "scope">,
): Promise<Token> {
  const app = await authenticateClient(ctx.db, input)
  const scopes = grantedScopes(app.scopes, input.scope)
  return writeToken(ctx.db, freshToken(), { appId: app.id, accountId: null, scopes })
}

/** A token for name and password (RFC 6749, section 4.3): for instances that have switched it on. */
async function grantToPassword(ctx: Context, input: TokenRequest): Promise<Token> {
  const app = await authenticateClient(ctx.db, input)
  const scopes = grantedScopes(app.scopes, input.scope)
  const { username: login = "", password = "", address } = input
  const accountId = await checkLogin(ctx, { login, password, address })
  if (!accountId) throw invalidGrant()
  return inTransaction(ctx.db, (tx) => writeToken(tx, freshToken(), { appId: app.id, accountId, scopes }))
}

/** The token endpoint of RFC 6749. @throws OAuthRefusal; TooMany; Unavailable */
export async function createToken(ctx: Context, _actor: null, input: TokenRequest): Promise<Token> {
  if (input.grantType === "authorization_code") return exchangeCode(ctx, input)
  if (input.grantType === "client_credentials") return grantToApp(ctx, input)
  if (input.grantType === "password" && ctx.settings.passwordGrant) return grantToPassword(ctx, input)
  throw new OAuthRefusal(
    "unsupported_grant_type",
    "The authorization grant type is not supported by the authorization server.",
  )
}
