/** The gateway's member of `Cache-Status` (RFC 9211), with the parameters that say what it did. */
export const cacheStatus = (how: string): string => `tintype; ${how}`

/** The same behind what caches nearer to the origin said of the response. */
export function withCacheStatus(earlier: unknown, how: string): string {
  return earlier === undefined ? cacheStatus(how) : `${String(earlier)}, ${cacheStatus(how)}`
}
