import { routes } from "@tintype/contract"
import { type Context, Unauthorized } from "@tintype/domain"
import {
  createApp,
  createToken,
  revokeToken,
  signIn,
  signOut,
  signUp,
  signUpOnWeb,
  verifyApp,
  type WebSession,
} from "@tintype/domain/auth"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { refuseForeignOrigin } from "../http/same-origin.ts"
import { answer, serve } from "../http/serve.ts"
import { sessionCookie } from "../http/session-cookie.ts"
import { clientOf } from "./client-credentials.ts"

/** Apps, tokens, and signing up through an app. */
export function serveAuth(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.createApp, ({ body }, { ip: address }) => {
    const { client_name: name, redirect_uris: redirectUris, scopes, website } = body
    return createApp(ctx, null, { name, redirectUris, scopes, website, address })
  })
  serve(app, ctx, routes.verifyApp, ({ actor }) => verifyApp(ctx, actor))
  serve(app, ctx, routes.createToken, async ({ body }, request) => {
    const token = await createToken(ctx, null, {
      ...clientOf(request, body),
      grantType: body.grant_type,
      code: body.code,
      codeVerifier: body.code_verifier,
      redirectUri: body.redirect_uri,
      scope: body.scope,
      username: body.username,
      password: body.password,
      address: request.ip,
    })
    return answer(200, token, { pragma: "no-cache" })
  })
  serve(app, ctx, routes.revokeToken, async ({ body }, request) => {
    await revokeToken(ctx, null, { ...clientOf(request, body), token: body.token })
    return {}
  })
  serve(app, ctx, routes.createAccount, async ({ actor, body }, { ip: address }) => {
    const { token } = await signUp(ctx, actor, { ...body, address })
    return token
  })
  serveSessions(app, ctx)
}

/** The web app's sessions, in a cookie. */
function serveSessions(app: FastifyInstance, ctx: Context): void {
  const cookie = sessionCookie(ctx.settings.publicUrl)
  const start = async (request: FastifyRequest, session: WebSession) => {
    // A session that was there before ends: nobody else may go on with it.
    await signOut(ctx, request.session)
    return answer(200, session.account, { "set-cookie": cookie.write(session.token) })
  }
  serve(app, ctx, routes.signUp, async ({ body }, request) => {
    refuseForeignOrigin(request, ctx.settings.publicUrl)
    return start(request, await signUpOnWeb(ctx, null, { ...body, address: request.ip }))
  })
  serve(app, ctx, routes.signIn, async ({ body }, request) => {
    refuseForeignOrigin(request, ctx.settings.publicUrl)
    return start(request, await signIn(ctx, null, { ...body, address: request.ip }))
  })
  serve(app, ctx, routes.signOut, async (_input, request) => {
    if (!request.session) throw new Unauthorized()
    await signOut(ctx, request.session)
    return answer(200, {}, { "set-cookie": cookie.clear() })
  })
}
