import { secondsOf } from "./directives.ts"
import { type Headers, linesOf, singleOf } from "./header-fields.ts"
import { readDate } from "./http-date.ts"
import type { ResponsePolicy } from "./response-policy.ts"

const HEURISTIC_SHARE = 0.1
const MOST_HEURISTIC_SECONDS = 24 * 3600
const MOST_AGE_SECONDS = 2_147_483_648
/** Statuses that may be kept without a word about how long (RFC 9110 §15.1), those of parts left out. */
const HEURISTIC_STATUSES = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])

/** When a response was asked for and came, as the clock on the wall says; milliseconds. */
export interface Timing {
  requestedAt: number
  receivedAt: number
}

/** Whether the response says itself how long it is fresh. */
export function isExplicit({ directives, targeted }: ResponsePolicy, headers: Headers): boolean {
  if (directives.has("s-maxage") || directives.has("max-age")) return true
  return !targeted && headers.expires !== undefined
}

/**
 * How long after it was made a response is fresh in a shared cache, in seconds (RFC 9111 §4.2.1). What is invalid
 * or contradicts itself counts as 0.
 */
export function lifetimeOf(
  status: number,
  headers: Headers,
  policy: ResponsePolicy,
  receivedAt: number,
): number {
  const { directives, targeted } = policy
  const stated = secondsOf(directives, "s-maxage") ?? secondsOf(directives, "max-age")
  if (stated !== undefined) return stated
  const date = readDate(singleOf(headers, "date")) ?? receivedAt
  if (!targeted && headers.expires !== undefined) {
    const expires = readDate(singleOf(headers, "expires"))
    return expires === undefined ? 0 : Math.max(0, (expires - date) / 1000)
  }
  return isHeuristic(status, policy) ? guess(headers, date) : 0
}

/** Whether a status may be kept without explicit freshness. */
export function isHeuristic(status: number, { directives }: ResponsePolicy): boolean {
  return HEURISTIC_STATUSES.has(status) || directives.has("public")
}

/** A tenth of the time since the last change (RFC 9111 §4.2.2), a day at most. */
function guess(headers: Headers, date: number): number {
  const modified = readDate(singleOf(headers, "last-modified"))
  if (modified === undefined || modified >= date) return 0
  return Math.min(((date - modified) / 1000) * HEURISTIC_SHARE, MOST_HEURISTIC_SECONDS)
}

/** How old a response was when it came, in seconds (RFC 9111 §4.2.3). */
export function initialAge(headers: Headers, { requestedAt, receivedAt }: Timing): number {
  const date = readDate(singleOf(headers, "date")) ?? receivedAt
  const apparent = Math.max(0, receivedAt - date) / 1000
  const delay = Math.max(0, receivedAt - requestedAt) / 1000
  return Math.max(apparent, statedAge(headers) + delay)
}

/** The first member counts; what is no whole number is ignored (RFC 9111 §5.1). */
function statedAge(headers: Headers): number {
  const first = linesOf(headers, "age")[0]?.split(",", 1)[0]?.trim() ?? ""
  return /^\d+$/.test(first) ? Math.min(Number(first), MOST_AGE_SECONDS) : 0
}
