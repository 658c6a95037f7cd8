import type { Ends } from "./answers.ts"

const CURSORS = ["max_id", "since_id", "min_id"]

/**
 * The `Link` header of a page (RFC 8288): `next` leads to what is older, `prev` to what is newer. `next` comes
 * first: there are clients that look at the start of the header only.
 *
 * @param publicUrl scheme and host that clients use
 * @param url path and query of the request, as routed; parameters that are no cursors are kept
 * @returns undefined for an empty page
 */
export function linkHeader(publicUrl: string, url: string, { newest, oldest }: Ends): string | undefined {
  const end = url.includes("?") ? url.indexOf("?") : url.length
  const path = url.slice(0, end)
  const kept = new URLSearchParams(url.slice(end))
  for (const each of CURSORS) kept.delete(each)
  const others = kept.size > 0 ? `${kept}&` : ""
  const to = (cursor: string, id: string, relation: string) =>
    `<${publicUrl}${path}?${others}${cursor}=${id}>; rel="${relation}"`
  const links = [
    ...(oldest ? [to("max_id", oldest, "next")] : []),
    ...(newest ? [to("min_id", newest, "prev")] : []),
  ]
  return links.join(", ") || undefined
}
