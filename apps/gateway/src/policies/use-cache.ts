import type { OutgoingHttpHeaders } from "node:http"
import { answerError } from "../answer.ts"
import { type Exchange, type Handler, lookAtHead, type Policy } from "../exchange.ts"
import { type Asked, keyOf, readAsked } from "../http-cache/asked.ts"
import { cacheStatus } from "../http-cache/cache-status.ts"
import { headUpdate } from "../http-cache/head-update.ts"
import type { HttpCache } from "../http-cache/http-cache.ts"
import { invalidatedBy } from "../http-cache/invalidated-by.ts"
import { freshnessLeft, judge } from "../http-cache/judge.ts"
import { revealed } from "../http-cache/revealed.ts"
import { sendStored } from "../http-cache/send-stored.ts"
import { isForMembersToo, isStorable } from "../http-cache/storable.ts"
import type { StoredResponse } from "../http-cache/stored-response.ts"
import { canBeConfirmed } from "../http-cache/update-stored.ts"

/**
 * Answers GET and HEAD from the cache where that may be done, keeps what comes and may be kept, and forgets what
 * another method may have changed: before the answer to it is sent, so that whoever has that answer reads what is
 * new.
 */
export function useCache(cache: HttpCache): Policy {
  return (next) => (exchange) => {
    const { method } = exchange.req
    if (exchange.upgrade) return next(exchange)
    if (method === "GET") return get(cache, exchange, next)
    if (method === "HEAD") return head(cache, exchange, next)
    if (method === "OPTIONS") return pass(exchange, next, "method")
    return pass(exchange, next, "method", (status, headers) => {
      if (status >= 200 && status < 400) cache.invalidate(invalidatedBy(keyOf(exchange), headers))
    })
  }
}

function get(cache: HttpCache, exchange: Exchange, next: Handler): void | Promise<void> {
  const asked = readAsked(exchange)
  exchange.trail.cache = "pass"
  if (asked.forOrigin) return pass(exchange, next, "request")
  const stored = usable(cache, exchange, asked)
  const fetching = { exchange, asked, next, stored, how: "", joins: false, leads: !asked.credentials }
  if (stored && answerFrom(cache, exchange, asked, stored, () => cache.refresh(fetching))) return
  if (asked.directives.has("only-if-cached")) return refuseToFetch(exchange)
  // What was for one client alone is so nearly always: no need to prepare for more.
  if ((asked.credentials || !stored) && cache.isPassing(asked)) return passAgain(cache, exchange, asked, next)
  const how = `fwd=${reasonOf(cache, asked, stored)}`
  const joins = isShareable(exchange, asked)
  cache.fetch({
    ...fetching,
    how,
    joins,
    leads: joins && isForAll(exchange, stored),
  })
}

/** HEAD is answered from a stored GET; what the origin says to HEAD brings that up to date, or ends it. */
function head(cache: HttpCache, exchange: Exchange, next: Handler): void | Promise<void> {
  const asked = readAsked(exchange)
  exchange.trail.cache = "pass"
  if (asked.forOrigin) return pass(exchange, next, "request")
  const stored = usable(cache, exchange, asked)
  if (stored && answerFrom(cache, exchange, asked, stored, () => {})) return
  if (asked.directives.has("only-if-cached")) return refuseToFetch(exchange)
  const requestedAt = cache.clock.date()
  return pass(exchange, next, reasonOf(cache, asked, stored), (status, headers) => {
    if (stored) headUpdate(cache, { exchange, asked, stored, requestedAt }, status, headers)
  })
}

/** The stored response for a request, if it may be for whoever asks. */
function usable(cache: HttpCache, exchange: Exchange, asked: Asked): StoredResponse | undefined {
  const stored = cache.select(exchange, asked)
  if (stored && asked.credentials && !isForMembersToo(asked, stored.directives)) return undefined
  return stored
}

/** @returns whether the stored response was an answer */
function answerFrom(
  cache: HttpCache,
  exchange: Exchange,
  asked: Asked,
  stored: StoredResponse,
  refresh: () => void,
): boolean {
  const ticks = cache.clock.ticks()
  const verdict = judge(stored, asked.directives, ticks)
  if (verdict === "validate") return false
  exchange.trail.cache = verdict === "refresh" ? "stale" : "hit"
  sendStored(exchange, stored, ticks, `hit; ttl=${Math.floor(freshnessLeft(stored, ticks))}`)
  if (verdict === "refresh") refresh()
  return true
}

/** Whether what another client asked for can be the answer to this request. */
function isShareable({ req }: Exchange, { credentials, directives }: Asked): boolean {
  if (credentials || directives.has("no-cache") || directives.has("no-store")) return false
  return req.headers.range === undefined && directives.get("max-age") !== "0"
}

/** Whether the origin is not asked with a client's own condition, the answer to which is for that client alone. */
function isForAll({ req: { headers } }: Exchange, stored: StoredResponse | undefined): boolean {
  if (stored && canBeConfirmed(stored)) return true
  return headers["if-none-match"] === undefined && headers["if-modified-since"] === undefined
}

/** Why a request goes to the origin (RFC 9211 §2.2). */
function reasonOf(cache: HttpCache, asked: Asked, stored: StoredResponse | undefined): string {
  if (!stored) return cache.hasVariants(asked) ? "vary-miss" : "uri-miss"
  return freshnessLeft(stored, cache.clock.ticks()) > 0 ? "request" : "stale"
}

function refuseToFetch(exchange: Exchange): void {
  const refusal = { status: 504, error: "There is no stored response to this request" }
  answerError(exchange, refusal, { "cache-status": cacheStatus("detail=only-if-cached") })
}

/** Passes a request whose like was for one client alone, and notes when the answer could have been kept after all. */
function passAgain(cache: HttpCache, exchange: Exchange, asked: Asked, next: Handler): void | Promise<void> {
  return pass(exchange, next, "uri-miss", (status, headers) => {
    if (isStorable(asked, status, headers)) cache.notePassing(asked, false)
  })
}

/** Hands the exchange on; nothing is kept. */
function pass(
  exchange: Exchange,
  next: Handler,
  reason: string,
  onHead?: (status: number, headers: OutgoingHttpHeaders) => void,
): void | Promise<void> {
  lookAtHead(exchange, (status, headers) => {
    onHead?.(status, headers)
    revealed(headers, `fwd=${reason}`)
  })
  return next(exchange)
}
