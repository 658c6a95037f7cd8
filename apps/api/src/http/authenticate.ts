import { type RouteSpec, scopesOf } from "@tintype/contract"
import { type Actor, type Context, Forbidden, Invalid, Unauthorized } from "@tintype/domain"
import { type AppCaller, allows, authenticate, type Session } from "@tintype/domain/auth"
import { type Operator, operatorOf } from "@tintype/domain/jobs"
import type { FastifyRequest } from "fastify"
import type { CallerOf } from "./input.ts"
import { requireOwnOrigin } from "./same-origin.ts"
import { sessionCookie } from "./session-cookie.ts"

declare module "fastify" {
  interface FastifyRequest {
    /** The token that the request came with, where its route asks for one. */
    session: Session | null
    /** Where its route is for admins: the one who calls. */
    operator: Operator | null
  }
}

export const bearerToken = (header: string | undefined): string | undefined =>
  /^bearer +(\S+) *$/i.exec(header ?? "")?.[1]

/**
 * The session of the request: by its `Authorization` header, else by the browser's cookie. A header that is no
 * good is refused; a cookie that is no good counts as none.
 */
async function sessionOf(ctx: Context, request: FastifyRequest): Promise<Session | null> {
  const { authorization, cookie } = request.headers
  const bearer = bearerToken(authorization)
  if (bearer) {
    const session = await authenticate(ctx, bearer)
    if (!session) throw new Unauthorized()
    return session
  }
  const token = sessionCookie(ctx.settings.publicUrl).read(cookie)
  if (!token) return null
  requireOwnOrigin(request, ctx.settings.publicUrl)
  return authenticate(ctx, token)
}

/**
 * Who calls, checked against what the route asks for.
 *
 * @throws Unauthorized without a valid token; Forbidden outside its scopes and for forged requests; Invalid when
 *   an app's own token comes where a member is needed
 */
export async function authenticateRequest(
  ctx: Context,
  route: RouteSpec,
  request: FastifyRequest,
): Promise<Session | null> {
  if (route.auth === "anyone") return null
  const session = await sessionOf(ctx, request)
  if (!session) {
    if (route.auth === "optional") return null
    throw new Unauthorized()
  }
  const scopes = scopesOf(route)
  if (scopes.length > 0 && !(await allows(ctx, session, scopes))) {
    throw new Forbidden("This action is outside the authorized scopes")
  }
  const isForMembers = route.auth === "member" || route.auth === "admin"
  if (isForMembers && !session.accountId) {
    throw new Invalid("This method requires an authenticated user")
  }
  return session
}

/** The admin who calls a route for admins; null for every other one. @throws Forbidden to members who are none */
export async function findOperator(
  ctx: Context,
  route: RouteSpec,
  session: Session | null,
): Promise<Operator | null> {
  if (route.auth !== "admin" || !session?.accountId) return null
  return operatorOf(ctx, { accountId: session.accountId })
}

/** The session in the form that the route's handler gets. */
export function callerOf<R extends RouteSpec>(
  route: R,
  { session, operator }: Pick<FastifyRequest, "session" | "operator">,
): CallerOf<R> {
  // The route's `auth` decides the type; `authenticateRequest` and `findOperator` have made sure of what it promises.
  return (route.auth === "admin" ? operator : caller(route, session)) as CallerOf<R>
}

function caller({ auth }: RouteSpec, session: Session | null): Actor | AppCaller | null {
  if (!session || auth === "anyone") return null
  const { appId, accountId, scopes } = session
  if (auth === "app") return { appId, accountId, scopes }
  return accountId ? { appId, accountId } : null
}
