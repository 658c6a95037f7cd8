import type { OutgoingHttpHeaders } from "node:http"
import { beginResponse, type Exchange, type Refusal, type Request } from "./exchange.ts"

const LINGER_MS = 30_000

/** Whether the request's framing announces a body. */
export function hasBody({ headers }: Request): boolean {
  const length = headers["content-length"]
  return headers["transfer-encoding"] !== undefined || (length !== undefined && Number(length) > 0)
}

/** Answers with a small JSON document that nobody may keep. */
export function answerJson(
  exchange: Exchange,
  status: number,
  document: object,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = Buffer.from(JSON.stringify(document))
  const begun = beginResponse(exchange, status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  })
  if (!begun) return
  exchange.res.end(body)
  discardBody(exchange)
}

/** Answers `{"error": …}`, the form of errors that the api has as well. */
export function answerError(
  exchange: Exchange,
  { status, error }: Refusal,
  headers: OutgoingHttpHeaders = {},
): void {
  exchange.trail.refusal = error
  answerJson(exchange, status, { error }, headers)
}

/** Refuses a request that two servers could read differently: nothing more is taken from its connection. */
export function refuse(exchange: Exchange, refusal: Refusal): void {
  exchange.res.shouldKeepAlive = false
  answerError(exchange, refusal)
}

/**
 * Reads and drops what is left of a request's body once its answer is written, for a bounded time: closing at
 * once would reset the connection, and the reset can overtake the answer, so that the client never learns why.
 */
export function discardBody({ body }: Exchange): void {
  if (!body || body.complete || !hasBody(body)) return
  const timer = setTimeout(() => body.socket.destroy(), LINGER_MS)
  const finish = () => clearTimeout(timer)
  body.once("end", finish).once("close", finish).resume()
}
