import { type Directives, readDirectives } from "./directives.ts"
import { type Headers, listOf } from "./header-fields.ts"
import { readDictionary } from "./structured-fields.ts"

/** The field that speaks to a cache near the origin alone (RFC 9213). */
export const TARGETED = "cdn-cache-control"

const SECONDS = new Set(["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"])

export interface ResponsePolicy {
  directives: Directives
  /** Whether they come from the targeted field, which leaves `Expires` without a say too. */
  targeted: boolean
}

/**
 * What a response tells caches. `CDN-Cache-Control` is followed instead of `Cache-Control` when it is a dictionary
 * that is not empty; a member of it that has the wrong type is ignored (RFC 9213 §2.1).
 */
export function policyOf(headers: Headers): ResponsePolicy {
  const targeted = headers[TARGETED] === undefined ? undefined : readTargeted(listOf(headers, TARGETED) ?? "")
  if (targeted) return { directives: targeted, targeted: true }
  return { directives: readDirectives(listOf(headers, "cache-control")), targeted: false }
}

function readTargeted(text: string): Directives | undefined {
  const members = readDictionary(text)
  if (!members || members.size === 0) return undefined
  const directives = new Map<string, string>()
  for (const [name, value] of members) {
    if (SECONDS.has(name)) {
      if (typeof value === "number") directives.set(name, String(value))
    } else if (value === true) directives.set(name, "")
    else if (typeof value === "string") directives.set(name, value)
  }
  return directives
}
