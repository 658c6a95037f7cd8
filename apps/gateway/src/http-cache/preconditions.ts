import type { IncomingHttpHeaders } from "node:http"
import { readDate } from "./http-date.ts"

/** A response's validators. */
export interface Validators {
  etag: string | undefined
  /** Milliseconds since 1970. */
  lastModified: number | undefined
  date: number
}

const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"|[^\s,]+/gi

/**
 * Whether the client has what a response shows, so that 304 is the answer to a GET or HEAD (RFC 9110 §13.2.2, RFC
 * 9111 §4.3.2). Tags are compared weakly; those without quotes, which some clients send, as if they had them.
 */
export function isNotModified(
  request: IncomingHttpHeaders,
  { etag, lastModified, date }: Validators,
): boolean {
  const tags = request["if-none-match"]
  if (tags !== undefined) {
    if (tags.trim() === "*") return true
    return etag !== undefined && (tags.match(TAG) ?? []).some((each) => bare(each) === bare(etag))
  }
  const since = readDate(request["if-modified-since"])
  return since !== undefined && (lastModified ?? date) <= since
}

/** Whether a range may be cut from a response: the client's part is of the same one (RFC 9110 §13.1.5). */
export function isSameForRange(
  request: IncomingHttpHeaders,
  { etag, lastModified, date }: Validators,
): boolean {
  const condition = request["if-range"]
  if (typeof condition !== "string") return condition === undefined
  if (/^(?:W\/)?"/.test(condition)) return condition === etag && !etag.startsWith("W/")
  const since = readDate(condition)
  // A date tells two versions apart only when it is older than the response by a second or more (§8.8.2.2).
  return since !== undefined && since === lastModified && date - since >= 1000
}

const bare = (tag: string) => tag.replace(/^W\//i, "").replace(/^"|"$/g, "")
