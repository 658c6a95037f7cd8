import type { IncomingMessage } from "node:http"
import { type Context, Forbidden, Unauthorized } from "@tintype/domain"
import { authenticate, covers, type Session } from "@tintype/domain/auth"
import { bearerToken } from "../http/authenticate.ts"
import { sessionCookie } from "../http/session-cookie.ts"

/** A token in the place of a subprotocol: the first one that is named. */
const protocolToken = (header: string | undefined) => header?.split(",", 1)[0]?.trim() || undefined

/**
 * Who opens a stream: by the `Authorization` header, the query, the subprotocol, or the browser's cookie; the last
 * only for pages of our own, as browsers send cookies along with any page's handshake, and let it read what comes.
 *
 * @throws Unauthorized; Forbidden outside the token's scopes, and for other sites' pages
 */
export async function authenticateStream(
  ctx: Context,
  { headers }: Pick<IncomingMessage, "headers">,
  queryToken: string | null,
): Promise<Session> {
  const { publicUrl } = ctx.settings
  const given =
    bearerToken(headers.authorization) ?? queryToken ?? protocolToken(headers["sec-websocket-protocol"])
  const cookie = given ? undefined : sessionCookie(publicUrl).read(headers.cookie)
  if (cookie && !isOwnPage(headers, publicUrl)) {
    throw new Forbidden("This request was not made by a page of this site")
  }
  const token = given ?? cookie
  const session = token ? await authenticate(ctx, token) : null
  if (!session?.accountId) throw new Unauthorized()
  if (!covers(session.scopes, "read:statuses")) {
    throw new Forbidden("This action is outside the authorized scopes")
  }
  return session
}

/** Handshakes name the page's origin, always; an EventSource of the same origin may leave it out. */
function isOwnPage(headers: IncomingMessage["headers"], publicUrl: string): boolean {
  const { origin, host } = headers
  if (origin === undefined) return headers["sec-fetch-site"] === "same-origin"
  return origin === publicUrl || URL.parse(origin)?.host === host
}
