import type { Request } from "../exchange.ts"
import { type Headers, listOf } from "./header-fields.ts"

/** What tells the requests apart to which a stored response is an answer: field names and their values. */
export type Variant = readonly (readonly [name: string, value: string | undefined])[]

/** Where a request's fields are: every line of each, read only if it is needed. */
export type RequestFields = Pick<Request, "headers" | "headersDistinct">

/** Fields that the gateway writes itself: what a client sends under these names is not what the origin sees. */
const REWRITTEN = new Set(["forwarded", "via", "x-forwarded-for", "x-request-id"])
/** Fields that are compared to the letter. */
const EXACT = new Set(["authorization", "cookie"])

/**
 * The variant that a response to a request with these fields is stored under.
 *
 * @returns undefined when it can never be chosen again: `Vary` holds a star or a field that only the origin sees
 */
export function variantOf(response: Headers, request: RequestFields): Variant | undefined {
  const vary = listOf(response, "vary")
  if (vary === undefined) return []
  const names = new Set(
    vary
      .toLowerCase()
      .split(",")
      .map((each) => each.trim())
      .filter(Boolean),
  )
  if ([...names].some((name) => name === "*" || REWRITTEN.has(name))) return undefined
  return [...names].sort().map((name) => [name, fieldValue(name, request)])
}

/** Whether a stored response may answer a request, as far as `Vary` goes (RFC 9111 §4.1). */
export function isVariant(variant: Variant, request: RequestFields): boolean {
  return variant.every(([name, value]) => fieldValue(name, request) === value)
}

/** Whether two variants answer the same requests. */
export function sameVariant(one: Variant, other: Variant): boolean {
  return one.length === other.length && one.every(([name, value], i) => isPair(other[i], name, value))
}

const isPair = (pair: Variant[number] | undefined, name: string, value: string | undefined) =>
  pair?.[0] === name && pair[1] === value

function fieldValue(name: string, request: RequestFields): string | undefined {
  // Most requests lack most of what answers vary by, and taking all of a request's lines apart costs.
  const lines = request.headers[name] === undefined ? undefined : request.headersDistinct[name]
  if (!lines) return undefined
  const joined = lines.join(", ")
  if (EXACT.has(name)) return joined
  return name === "accept-language" ? normaliseLanguages(joined) : normaliseList(joined)
}

/** Lines are joined and space around commas evened out, except in a value that holds a quote. */
const normaliseList = (value: string): string =>
  value.includes('"') ? value : value.trim().replace(/[ \t]*,[ \t]*/g, ", ")

/** Letter case, space and the order of ranges of equal weight mean nothing (RFC 9110 §12.5.4). */
function normaliseLanguages(value: string): string {
  return value.toLowerCase().replace(/[ \t]/g, "").split(",").filter(Boolean).sort().join(", ")
}
