import { type Context, TooMany, Unauthorized } from "@tintype/domain"
import { getOwnAccount } from "@tintype/domain/accounts"
import {
  type AuthorizationRequest,
  authorize,
  checkAuthorization,
  type Destination,
  findDestination,
  findWebSession,
  type MemberSession,
  OAuthRefusal,
  OUT_OF_BAND,
  redirectTarget,
  signIn,
  signOut,
} from "@tintype/domain/auth"
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { refusalOf } from "../http/errors.ts"
import { refuseForeignOrigin, requireOwnOrigin } from "../http/same-origin.ts"
import { sessionCookie } from "../http/session-cookie.ts"
import { codePage, consentPage, errorPage, signInPage } from "./authorize-pages.ts"
import { afterSignIn, asksForSignIn, type PageQuery, pageUrl, readPageQuery } from "./authorize-query.ts"
import { STYLE, STYLE_PATH } from "./authorize-style.ts"

const PAGE = "/oauth/authorize"
const SIGN_IN = "/oauth/authorize/sign_in"

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  // No `form-action`: Chromium holds it against the redirects after the form too, which lead to the app.
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  // Browsers that tell no Sec-Fetch-Site must still tell our own forms' origin.
  "referrer-policy": "same-origin",
}

const sendPage = (reply: FastifyReply, status: number, page: string) =>
  reply.code(status).headers(PAGE_HEADERS).send(page)

/** A request whose app is known, and what is asked for, if that is in order. */
interface Asked {
  query: PageQuery
  destination: Destination
  request: AuthorizationRequest | OAuthRefusal
}

async function readRequest(ctx: Context, request: FastifyRequest): Promise<Asked> {
  const query = readPageQuery(request.query)
  const destination = await findDestination(ctx, query)
  try {
    return { query, destination, request: checkAuthorization(destination, query) }
  } catch (error) {
    if (error instanceof OAuthRefusal) return { query, destination, request: error }
    throw error
  }
}

/** Tells the app what became of its request: by the member's browser, or by the member where it has no address. */
function answerApp(
  ctx: Context,
  reply: FastifyReply,
  { destination, query }: Asked,
  outcome: { code: string } | OAuthRefusal,
): FastifyReply {
  const { title, publicUrl } = ctx.settings
  const refused = outcome instanceof OAuthRefusal
  if (destination.redirectUri === OUT_OF_BAND) {
    return refused
      ? sendPage(reply, 400, errorPage(title, outcome.message))
      : sendPage(reply, 200, codePage(title, destination.appName, outcome.code))
  }
  const answer = refused
    ? { error: outcome.code, error_description: outcome.message }
    : { code: outcome.code }
  const target = redirectTarget(destination.redirectUri, { ...answer, state: query.state, iss: publicUrl })
  return reply.redirect(target, 303)
}

const webSession = (ctx: Context, request: FastifyRequest): Promise<MemberSession | null> =>
  findWebSession(ctx, sessionCookie(ctx.settings.publicUrl).read(request.headers.cookie))

/** GET: the sign-in form or the question of consent. */
async function showPage(ctx: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = await readRequest(ctx, request)
  const { query, destination, request: wanted } = asked
  if (wanted instanceof OAuthRefusal) return answerApp(ctx, reply, asked, wanted)
  const session = await webSession(ctx, request)
  if (query.prompt === "none") {
    const code = session ? "consent_required" : "login_required"
    return answerApp(ctx, reply, asked, new OAuthRefusal(code, "The member must be asked first."))
  }
  const instance = ctx.settings.title
  if (!session || asksForSignIn(query)) {
    return sendPage(reply, 200, signInPage({ instance, destination, action: pageUrl(SIGN_IN, query) }))
  }
  const account = await getOwnAccount(ctx, session)
  const action = pageUrl(PAGE, query)
  const switchUrl = pageUrl(PAGE, { ...query, force_login: "true" })
  return sendPage(reply, 200, consentPage({ instance, request: wanted, account, action, switchUrl }))
}

/** A member of a form that a browser sent. */
function textOf(form: unknown, name: string): string {
  if (typeof form !== "object" || form === null || !(name in form)) return ""
  const value: unknown = Reflect.get(form, name)
  return typeof value === "string" ? value : ""
}

/** POST: the member's decision. */
async function decide(ctx: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  requireOwnOrigin(request, ctx.settings.publicUrl)
  const asked = await readRequest(ctx, request)
  if (asked.request instanceof OAuthRefusal) return answerApp(ctx, reply, asked, asked.request)
  const session = await webSession(ctx, request)
  if (!session) return reply.redirect(pageUrl(PAGE, asked.query), 303)
  if (textOf(request.body, "decision") !== "allow") {
    const denied = new OAuthRefusal("access_denied", "The resource owner denied the request.")
    return answerApp(ctx, reply, asked, denied)
  }
  return answerApp(ctx, reply, asked, { code: await authorize(ctx, session, asked.request) })
}

/** POST: name and password; then back to the question. */
async function signInHere(ctx: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { publicUrl, title: instance } = ctx.settings
  refuseForeignOrigin(request, publicUrl)
  const { query, destination } = await readRequest(ctx, request)
  const login = textOf(request.body, "login").slice(0, 320)
  const password = textOf(request.body, "password").slice(0, 1024)
  try {
    const { token } = await signIn(ctx, null, { login, password, address: request.ip })
    await signOut(ctx, await webSession(ctx, request))
    reply.header("set-cookie", sessionCookie(publicUrl).write(token))
    return reply.redirect(pageUrl(PAGE, afterSignIn(query)), 303)
  } catch (error) {
    if (!(error instanceof Unauthorized || error instanceof TooMany)) throw error
    const action = pageUrl(SIGN_IN, query)
    const page = signInPage({ instance, destination, action, login, error: error.message })
    if (error instanceof Unauthorized) return sendPage(reply, 422, page)
    return sendPage(reply.header("retry-after", error.retryAfterSeconds), 429, page)
  }
}

/**
 * The pages on which a member signs in and lets an app in (RFC 6749, section 3.1). Plain HTML without scripts.
 * What cannot be trusted is told here and never sent to a URI that the app has not registered.
 */
export async function serveAuthorizePage(app: FastifyInstance, ctx: Context): Promise<void> {
  await app.register((pages, _options, done) => {
    pages.setErrorHandler((error, request, reply) => {
      const { status, body, headers = {} } = refusalOf(error, false)
      if (status >= 500)
        request.log.error({ err: error, route: request.routeOptions.url, status }, "page failed")
      reply.headers(headers)
      return sendPage(reply, status, errorPage(ctx.settings.title, body.error_description ?? body.error))
    })
    pages.get(PAGE, (request, reply) => showPage(ctx, request, reply))
    pages.post(PAGE, (request, reply) => decide(ctx, request, reply))
    pages.post(SIGN_IN, (request, reply) => signInHere(ctx, request, reply))
    pages.get(STYLE_PATH, (_request, reply) =>
      reply
        .type("text/css; charset=utf-8")
        .header("cache-control", "public, max-age=31536000, immutable")
        .send(STYLE),
    )
    done()
  })
}
