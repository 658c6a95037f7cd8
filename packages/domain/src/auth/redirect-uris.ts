/** Shows the code to the member instead of sending it anywhere (out of band). */
export const OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"

/** Schemes that a browser runs or reads itself instead of handing the code to an app. */
const REFUSED_SCHEMES = new Set([
  "javascript:",
  "data:",
  "vbscript:",
  "blob:",
  "file:",
  "about:",
  "view-source:",
])

/**
 * The redirect URIs of a registration: a list, or one text with a URI a line, as clients send them.
 *
 * @returns null when there is none or one of them may not be used (RFC 6749, section 3.1.2)
 */
export function parseRedirectUris(given: string | readonly string[]): string[] | null {
  const lines = typeof given === "string" ? given.split(/\s+/) : given.map((each) => each.trim())
  const uris = [...new Set(lines.filter(Boolean))]
  return uris.length > 0 && uris.every(isRedirectUri) ? uris : null
}

/** Whether the URI is absolute, without a fragment, and of a scheme that leads to an app. */
export function isRedirectUri(uri: string): boolean {
  if (uri === OUT_OF_BAND) return true
  // Printable ASCII alone: the parser would quietly drop or mend the rest, and browsers differ in how.
  if (!/^[!-~]+$/.test(uri) || /[#\\]/.test(uri)) return false
  const url = URL.parse(uri)
  if (!url || REFUSED_SCHEMES.has(url.protocol)) return false
  const web = url.protocol === "http:" || url.protocol === "https:"
  return web ? /^https?:\/\//i.test(uri) && !url.username && !url.password : true
}

/**
 * Where the member is sent with the answer.
 *
 * @param answer parameters to add to the query that the URI has already
 */
export function redirectTarget(uri: string, answer: Record<string, string | undefined>): string {
  const query = Object.entries(answer)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join("&")
  return `${uri}${uri.includes("?") ? "&" : "?"}${query}`
}
