import type { RouteSpec, SharedCaching } from "@tintype/contract"
import { surrogateKeys } from "@tintype/domain"
import type { FastifyRequest } from "fastify"

/** Everything that tells who asks: nobody else is ever sent what was made for them. */
const VARY = "Authorization, Cookie"

/**
 * What an answer says about being kept. Those to strangers may be kept by the gateway, which hears of every change,
 * and by nobody further out, who does not: RFC 9213 lets us tell the one without the others.
 *
 * @param body what the handler answers with
 * @returns headers to add to a success; none for routes whose answers nobody may keep
 */
export function sharedCaching(
  { cache }: RouteSpec,
  request: FastifyRequest,
  body: unknown,
): Readonly<Record<string, string>> {
  if (!cache) return {}
  const { authorization, cookie } = request.headers
  if (authorization !== undefined || cookie !== undefined) {
    return { "cache-control": "private, no-store", vary: VARY }
  }
  const keys = keysOf(cache, request.params, body)
  return {
    "cache-control": "no-cache",
    "cdn-cache-control": `max-age=${cache.seconds}, stale-while-revalidate=${cache.staleSeconds}`,
    vary: VARY,
    ...(keys.length > 0 && { "surrogate-key": keys.join(" ") }),
  }
}

function keysOf({ shows }: SharedCaching, params: unknown, body: unknown): string[] {
  switch (shows) {
    case "instance":
      return contactsOf(body).map(surrogateKeys.account)
    case "directory":
      return [surrogateKeys.directory()]
    case "account":
      return [surrogateKeys.account(idOf(body))]
    case "accountPosts":
      return [surrogateKeys.account(idOf(params)), surrogateKeys.postsOf(idOf(params))]
    case "post":
      return [surrogateKeys.post(idOf(body)), surrogateKeys.account(idOf(memberOf(body, "account")))]
  }
}

/** The account that an instance names, in either form of its answer. */
function contactsOf(body: unknown): string[] {
  const account = memberOf(memberOf(body, "contact"), "account") ?? memberOf(body, "contact_account")
  return account ? [idOf(account)] : []
}

/** @throws TypeError where there is none: an answer that cannot be purged must not be kept */
function idOf(entity: unknown): string {
  const id = memberOf(entity, "id")
  if (typeof id !== "string") throw new TypeError("an answer to be kept shows nothing with an id")
  return id
}

const memberOf = (entity: unknown, name: string): unknown =>
  typeof entity === "object" && entity !== null ? Reflect.get(entity, name) : undefined
