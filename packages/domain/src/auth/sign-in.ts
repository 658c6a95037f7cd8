import type { CredentialAccount } from "@tintype/contract"
import { type AccountId, inTransaction } from "@tintype/db"
import { getOwnAccount } from "../accounts/index.ts"
import type { Context } from "../context.ts"
import { Unauthorized } from "../errors.ts"
import { checkLogin, type Login } from "./check-login.ts"
import { freshToken, writeToken } from "./issue-token.ts"
import { FULL_SCOPES } from "./scopes.ts"
import { authenticate, type Session } from "./session.ts"
import { type SignUpCall, signUp } from "./sign-up.ts"
import { webAppId } from "./web-app.ts"

/** A session of the instance's own web app; always a new token, never one that was there before (ASVS 7.2.4). */
export interface WebSession {
  token: string
  account: CredentialAccount
}

/**
 * Signs a member in at the web app.
 *
 * @throws Unauthorized when name and password do not belong together; TooMany; Unavailable
 */
export async function signIn(ctx: Context, _actor: null, login: Login): Promise<WebSession> {
  const accountId = await checkLogin(ctx, login)
  if (!accountId) throw new Unauthorized("User name, e-mail address or password are not right")
  const appId = await webAppId(ctx.db)
  const grant = { appId, accountId, scopes: FULL_SCOPES }
  const { access_token } = await inTransaction(ctx.db, (tx) => writeToken(tx, freshToken(), grant))
  return webSession(ctx, accountId, access_token)
}

/** Signs a new member up and in at the web app. @throws as signUp */
export async function signUpOnWeb(
  ctx: Context,
  _actor: null,
  form: Omit<SignUpCall, "agreement">,
): Promise<WebSession> {
  const caller = { appId: await webAppId(ctx.db), accountId: null, scopes: FULL_SCOPES }
  const { accountId, token } = await signUp(ctx, caller, { ...form, agreement: true })
  return webSession(ctx, accountId, token.access_token)
}

async function webSession(ctx: Context, accountId: AccountId, token: string): Promise<WebSession> {
  const account = await getOwnAccount(ctx, { accountId, appId: await webAppId(ctx.db) })
  return { token, account }
}

/** A session that a member began at the web app. */
export type MemberSession = Session & { accountId: AccountId }

/**
 * The member who sits before the browser that brought this token.
 *
 * @returns null for every other token too: an app must not pass for its member where more rights are given away
 */
export async function findWebSession(ctx: Context, token: string | undefined): Promise<MemberSession | null> {
  const session = token ? await authenticate(ctx, token) : null
  if (!session?.accountId || session.appId !== (await webAppId(ctx.db))) return null
  return { ...session, accountId: session.accountId }
}
