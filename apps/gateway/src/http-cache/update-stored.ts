import type { OutgoingHttpHeaders } from "node:http"
import { type Headers, linesOf, singleOf } from "./header-fields.ts"
import type { StoredResponse } from "./stored-response.ts"

/** Fields that belong to the body as it is kept: a 304 or a HEAD must not change them (RFC 9111 §3.2). */
const OF_THE_BODY = new Set(["content-encoding", "content-length", "content-range"])

/**
 * The header fields of a stored response after a 304, or an answer to HEAD: those it names replace what was stored
 * under the same name, all others stay (RFC 9111 §3.2).
 */
export function mergeFields(stored: StoredResponse, headers: Headers): OutgoingHttpHeaders {
  const merged: OutgoingHttpHeaders = {}
  for (const [name, value] of [...Object.entries(stored.fields), ...Object.entries(stored.hidden)]) {
    merged[name] = value
  }
  // The time it was made at is that of the answer, also where the answer does not say it.
  delete merged.date
  for (const [name, value] of Object.entries(headers)) {
    if (!OF_THE_BODY.has(name)) merged[name] = value
  }
  return merged
}

/** Whether the origin can be asked if a response still holds. */
export function canBeConfirmed({ fields }: StoredResponse): boolean {
  return fields.etag !== undefined || fields["last-modified"] !== undefined
}

/** Whether a 304 is about this response: a strong tag that differs says that it is about another (§4.3.4). */
export function isAbout(stored: StoredResponse, headers: Headers): boolean {
  const etag = singleOf(headers, "etag")
  return etag === undefined || etag.startsWith("W/") || etag === stored.etag
}

/** Whether what HEAD tells agrees with a stored response (RFC 9111 §4.3.5). */
export function agrees(stored: StoredResponse, headers: Headers): boolean {
  const [length] = linesOf(headers, "content-length")
  if (length !== undefined && Number(length) !== stored.body.length) return false
  return ["etag", "last-modified"].every((name) => {
    const told = singleOf(headers, name)
    return told === undefined || told === stored.fields[name]
  })
}
