import type { OutgoingHttpHeaders } from "node:http"
import type { Exchange } from "../exchange.ts"
import type { Asked } from "./asked.ts"
import type { HttpCache } from "./http-cache.ts"
import { headToKeep } from "./read-head.ts"
import { type StoredResponse, storedResponse } from "./stored-response.ts"
import { agrees, mergeFields } from "./update-stored.ts"

export interface HeadAnswer {
  exchange: Exchange
  asked: Asked
  /** The stored answer to the same request by GET. */
  stored: StoredResponse
  /** Milliseconds since 1970. */
  requestedAt: number
}

/**
 * Brings a stored response up to date by the origin's answer to HEAD, or forgets it where that shows it to be
 * another one or gone (RFC 9111 §4.3.5).
 */
export function headUpdate(
  cache: HttpCache,
  { exchange, asked, stored, requestedAt }: HeadAnswer,
  status: number,
  headers: OutgoingHttpHeaders,
): void {
  if (status >= 500 || status === 304) return
  cache.drop(stored)
  if (status !== stored.status || !agrees(stored, headers)) return
  const fields = exchange.req
  const inquiry = { asked, fields, stored: undefined, requestedAt, clock: cache.clock, hears: cache.hears }
  const merged = mergeFields(stored, headers)
  const head = headToKeep({ ...inquiry, maxObjectBytes: Number.POSITIVE_INFINITY }, stored.status, merged)
  if (head) cache.keep(storedResponse(head, stored.body))
}
