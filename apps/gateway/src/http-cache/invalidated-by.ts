import { type Headers, singleOf } from "./header-fields.ts"

/**
 * The keys of what an unsafe request may have changed: its own target, and what `Location` and `Content-Location` of
 * the answer name, as far as they lie on the same origin (RFC 9111 §4.4).
 *
 * @param key of the request
 */
export function invalidatedBy(key: string, headers: Headers): readonly string[] {
  const keys = [key]
  const base = URL.parse(key)
  for (const name of ["location", "content-location"]) {
    const url = base && URL.parse(singleOf(headers, name) ?? "", base)
    if (!url || singleOf(headers, name) === undefined || url.origin !== base.origin) continue
    // The key's own spelling of scheme and host, which a URL's reading would even out.
    const origin = /^[a-z]+:\/\/[^/]*/.exec(key)?.[0] ?? ""
    keys.push(`${origin}${url.pathname}${url.search}`)
  }
  return keys
}
