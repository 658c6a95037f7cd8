import { type Directives, secondsOf } from "./directives.ts"
import { ageOf, type StoredResponse } from "./stored-response.ts"

/**
 * What to do with a stored response: send it as fresh, send it though it is stale, send it stale and fetch another
 * one behind the client's back, or ask the origin first.
 */
export type Verdict = "fresh" | "stale" | "refresh" | "validate"

/**
 * Decides whether a stored response may answer a request (RFC 9111 §4.2, §5.2.1; RFC 5861).
 *
 * @param asked the request's directives
 * @param ticks now
 */
export function judge(stored: StoredResponse, asked: Directives, ticks: number): Verdict {
  const { directives } = stored
  // With a list of fields it stands for them alone, and they were not stored.
  if (asked.has("no-cache") || directives.get("no-cache") === "") return "validate"
  const age = ageOf(stored, ticks)
  const oldest = secondsOf(asked, "max-age")
  if (oldest !== undefined && age > oldest) return "validate"
  const left = freshnessLeft(stored, ticks)
  if (left > 0) return left >= (secondsOf(asked, "min-fresh") ?? 0) ? "fresh" : "validate"
  if (asked.has("min-fresh") || mustValidate(directives)) return "validate"
  if (-left <= mostStale(asked)) return "stale"
  const window = secondsOf(directives, "stale-while-revalidate") ?? 0
  return window > 0 && -left <= window ? "refresh" : "validate"
}

/** Seconds for which the response is fresh yet; not positive: seconds since it no longer is. */
export function freshnessLeft(stored: StoredResponse, ticks: number): number {
  const left = stored.lifetime - ageOf(stored, ticks)
  if (stored.expiredAt === undefined) return left
  return Math.min(left, (stored.expiredAt - ticks) / 1000)
}

/** Whether a stale response may stand in for the error that asking the origin ended with (RFC 5861 §4). */
export function mayReplaceError(stored: StoredResponse, asked: Directives, ticks: number): boolean {
  if (mustValidate(stored.directives) || asked.has("no-cache")) return false
  const window = secondsOf(stored.directives, "stale-if-error") ?? secondsOf(asked, "stale-if-error")
  return window !== undefined && -freshnessLeft(stored, ticks) <= window
}

const mustValidate = (directives: Directives) =>
  directives.has("must-revalidate") ||
  directives.has("proxy-revalidate") ||
  directives.has("s-maxage") ||
  directives.get("no-cache") === ""

/** Without a number any staleness is accepted. */
function mostStale(asked: Directives): number {
  if (!asked.has("max-stale")) return -1
  return asked.get("max-stale") === "" ? Number.POSITIVE_INFINITY : (secondsOf(asked, "max-stale") ?? 0)
}
