import type { OutgoingHttpHeaders } from "node:http"
import { withCacheStatus } from "./cache-status.ts"
import { FOR_THE_CACHE } from "./stored-response.ts"

/**
 * A passing response's headers as a client gets them: without what is meant for the cache, and with what the cache
 * did. Changes them in place.
 *
 * @param how for `Cache-Status`
 */
export function revealed(headers: OutgoingHttpHeaders, how: string): OutgoingHttpHeaders {
  for (const name of FOR_THE_CACHE) if (headers[name] !== undefined) delete headers[name]
  headers["cache-status"] = withCacheStatus(headers["cache-status"], how)
  return headers
}
