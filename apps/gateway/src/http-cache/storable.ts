import type { Asked } from "./asked.ts"
import { fieldsOf } from "./directives.ts"
import { isExplicit, isHeuristic } from "./freshness.ts"
import type { Headers } from "./header-fields.ts"
import { policyOf } from "./response-policy.ts"

/** Statuses whose caching this cache understands, for `must-understand` (RFC 9111 §5.2.2.3). */
const UNDERSTOOD = new Set([200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 501])
/** Of a part, of a revalidation: never an answer by themselves. */
const NEVER = new Set([206, 304])

/**
 * Whether a shared cache may keep a response to a GET (RFC 9111 §3), and stricter than that: a response that sets a
 * cookie is kept only if it says itself for how long, never by custom; one to a request with a cookie only if it says
 * `public` or `s-maxage`.
 */
export function isStorable(asked: Asked, status: number, headers: Headers): boolean {
  if (status < 200 || NEVER.has(status) || asked.directives.has("no-store")) return false
  const policy = policyOf(headers)
  const { directives } = policy
  if (directives.has("must-understand")) {
    if (!UNDERSTOOD.has(status)) return false
  } else if (directives.has("no-store")) return false
  if (directives.get("private") === "") return false
  if (asked.credentials && !isForMembersToo(asked, directives)) return false
  if (isExplicit(policy, headers)) return true
  // Set-Cookie forbids nothing (RFC 9111 §7.3), but who sends it without a word about caches did not think of them.
  if (headers["set-cookie"] !== undefined && !exceptsCookies(directives)) return false
  if (directives.has("public") || directives.has("no-cache")) return true
  return isHeuristic(status, policy) && headers["last-modified"] !== undefined
}

/** Whether a response may be shared though the request says who asks (RFC 9111 §3.5). */
export function isForMembersToo(asked: Asked, directives: ReadonlyMap<string, string>): boolean {
  if (directives.has("public") || directives.has("s-maxage")) return true
  return directives.has("must-revalidate") && !asked.cookie
}

const exceptsCookies = (directives: ReadonlyMap<string, string>) =>
  [...fieldsOf(directives, "private"), ...fieldsOf(directives, "no-cache")].includes("set-cookie")
