import { type AppId, authorizationCodes, inTransaction } from "@tintype/db"
import { holdMember } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { findApp } from "./app.ts"
import { invalidClient, invalidScope, OAuthRefusal } from "./oauth-refusal.ts"
import { coversAll, parseScopes } from "./scopes.ts"
import { hashSecret, randomSecret } from "./secrets.ts"

const CODE_MINUTES = 10

/** The parameters of an authorization request (RFC 6749, section 4.1.1; RFC 7636, section 4.3). */
export interface AuthorizationQuery {
  response_type?: string | undefined
  client_id?: string | undefined
  redirect_uri?: string | undefined
  scope?: string | undefined
  code_challenge?: string | undefined
  code_challenge_method?: string | undefined
}

/** Where the answer goes: a URI that the app has registered. */
export interface Destination {
  appId: AppId
  appName: string
  website: string | null
  redirectUri: string
  /** What the app may ask for at most. */
  appScopes: readonly string[]
}

/** What a member is asked to allow. */
export interface AuthorizationRequest {
  destination: Destination
  scopes: readonly string[]
  /** base64url of SHA-256 of the verifier. */
  codeChallenge: string | null
}

/**
 * Finds out where an answer may be sent at all. What goes wrong here is shown to the member and never sent
 * anywhere: the URI may be an attacker's.
 *
 * @throws OAuthRefusal
 */
export async function findDestination(ctx: Context, query: AuthorizationQuery): Promise<Destination> {
  const app = query.client_id ? await findApp(ctx.db, query.client_id) : null
  if (!app) throw invalidClient()
  const redirectUri = query.redirect_uri ?? (app.redirectUris.length === 1 ? app.redirectUris[0] : undefined)
  if (redirectUri === undefined || !app.redirectUris.includes(redirectUri)) {
    throw new OAuthRefusal("invalid_request", "The redirect URI is not one that the app has registered.")
  }
  const { id: appId, name: appName, website, scopes: appScopes } = app
  return { appId, appName, website, redirectUri, appScopes }
}

/**
 * Checks what is asked for. What goes wrong here is told to the app.
 *
 * @throws OAuthRefusal
 */
export function checkAuthorization(
  destination: Destination,
  query: AuthorizationQuery,
): AuthorizationRequest {
  if (query.response_type !== "code") {
    throw new OAuthRefusal("unsupported_response_type", "Only the response type `code` is supported.")
  }
  const scopes = parseScopes(query.scope)
  if (!scopes || !coversAll(destination.appScopes, scopes)) throw invalidScope()
  const codeChallenge = query.code_challenge || null
  if (codeChallenge === null && query.code_challenge_method) {
    throw new OAuthRefusal("invalid_request", "The code challenge is missing.")
  }
  if (codeChallenge !== null && query.code_challenge_method !== "S256") {
    throw new OAuthRefusal("invalid_request", "The code challenge method must be S256.")
  }
  if (codeChallenge !== null && !/^[\w-]{43}$/.test(codeChallenge)) {
    throw new OAuthRefusal("invalid_request", "The code challenge is malformed.")
  }
  return { destination, scopes, codeChallenge }
}

/** The member allows it: a code that the app can exchange once, within ten minutes. */
export async function authorize(
  ctx: Context,
  actor: Actor,
  { destination, scopes, codeChallenge }: AuthorizationRequest,
): Promise<string> {
  const code = randomSecret()
  await inTransaction(ctx.db, async (tx) => {
    await holdMember(tx, actor.accountId)
    await tx.insert(authorizationCodes).values({
      codeHash: hashSecret(code),
      appId: destination.appId,
      accountId: actor.accountId,
      redirectUri: destination.redirectUri,
      scopes: [...scopes],
      codeChallenge,
      expiresAt: new Date(ctx.now().getTime() + CODE_MINUTES * 60_000),
    })
  })
  return code
}
