import type { OutgoingHttpHeaders } from "node:http"
import { answerError, discardBody } from "../answer.ts"
import { beginResponse, type Exchange } from "../exchange.ts"
import { endWith } from "../proxy/end-with.ts"
import { type ByteRange, readRange } from "../static/byte-range.ts"
import { cacheStatus } from "./cache-status.ts"
import { isNotModified, isSameForRange } from "./preconditions.ts"
import { ageOf, type StoredResponse } from "./stored-response.ts"

/**
 * Answers GET or HEAD with a stored response: 304 to a client that has it, a single range of it, or the whole.
 *
 * @param ticks now, for its age
 * @param how for `Cache-Status`
 */
export function sendStored(exchange: Exchange, stored: StoredResponse, ticks: number, how: string): void {
  const { req, res } = exchange
  const headers = headersOf(stored, ticks, how)
  if (stored.status === 200 && isNotModified(req.headers, stored)) {
    for (const name of ["content-type", "content-encoding", "content-language", "content-length"]) {
      delete headers[name]
    }
    if (beginResponse(exchange, 304, headers)) res.end()
    discardBody(exchange)
    return
  }
  const range = rangeOf(exchange, stored)
  if (range === "unsatisfiable") {
    const size = `bytes */${stored.body.length}`
    const refusal = { status: 416, error: "The range lies outside the response" }
    answerError(exchange, refusal, { "content-range": size, "cache-status": headers["cache-status"] })
    return
  }
  const body = range ? stored.body.subarray(range.start, range.end + 1) : stored.body
  if (range) headers["content-range"] = `bytes ${range.start}-${range.end}/${stored.body.length}`
  if (stored.status !== 204) headers["content-length"] = body.length
  if (!beginResponse(exchange, range ? 206 : stored.status, headers)) return
  if (req.method === "HEAD") res.end()
  else endWith(res, body)
  discardBody(exchange)
}

function headersOf(stored: StoredResponse, ticks: number, how: string): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {}
  Object.assign(headers, stored.fields)
  headers.age = String(Math.floor(ageOf(stored, ticks)))
  headers["cache-status"] = cacheStatus(how)
  return headers
}

function rangeOf({ req }: Exchange, stored: StoredResponse): ByteRange | undefined | "unsatisfiable" {
  if (req.headers.range === undefined || req.method !== "GET" || stored.status !== 200) return undefined
  if (!isSameForRange(req.headers, stored)) return undefined
  return readRange(req.headers.range, stored.body.length)
}
