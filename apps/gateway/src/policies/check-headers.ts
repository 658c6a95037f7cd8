import { hasBody, refuse } from "../answer.ts"
import type { Policy, Refusal, Request } from "../exchange.ts"
import { headerName } from "../header-name.ts"
import { H2Request } from "../http2/h2-request.ts"

const MAX_HEADERS = 100
/** M-SEARCH is one that nothing here knows: the api says so, and the cache takes it for one that changes things. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "M-SEARCH"])
/** A host and its port as RFC 3986 writes them, without a user. */
export const HOST = /^(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i
/** Headers of which a second one would leave open which holds (RFC 9110 §5.3). */
const SINGLE = new Set([
  "authorization",
  "content-length",
  "content-type",
  "expect",
  "host",
  "idempotency-key",
  "transfer-encoding",
])
/** Headers that a `Connection` option must not take off a request (RFC 9110 §7.6.1). */
const KEPT = /^(?:authorization|content-.*|cookie|host|idempotency-key|range|transfer-encoding)$/

/**
 * Finds what Node's strict parser lets through though two servers could read it differently: the ways that
 * remain to smuggle a request or a header past the gateway (RFC 9112 §3, §6, §11).
 */
export function faultOfHeaders(req: Request): Refusal | undefined {
  if (req.httpVersion !== "1.1" && req.httpVersion !== "1.0" && !(req instanceof H2Request)) {
    return { status: 505, error: "Only HTTP/2, HTTP/1.1 and HTTP/1.0 are spoken here" }
  }
  return faultOfMethod(req.method ?? "") ?? faultOfNames(req.rawHeaders) ?? faultOfValues(req)
}

function faultOfMethod(method: string): Refusal | undefined {
  if (METHODS.has(method)) return undefined
  if (method === "TRACE" || method === "CONNECT") return { status: 405, error: "Method not allowed" }
  return { status: 501, error: "Method not implemented" }
}

function faultOfNames(rawHeaders: readonly string[]): Refusal | undefined {
  if (rawHeaders.length > 2 * MAX_HEADERS) return { status: 431, error: "Too many headers" }
  let seen: string[] | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const { key: name } = headerName(rawHeaders[i] ?? "")
    // Some frameworks read `X_Forwarded_For` as `X-Forwarded-For`.
    if (name.includes("_")) return { status: 400, error: "A header's name must not hold an underscore" }
    if (!SINGLE.has(name)) continue
    if (seen?.includes(name)) return { status: 400, error: `More than one ${name} header` }
    if (seen) seen.push(name)
    else seen = [name]
  }
  return undefined
}

function faultOfValues(req: Request): Refusal | undefined {
  const { host, connection, expect, "transfer-encoding": coding } = req.headers
  if (host === undefined || !HOST.test(host)) return { status: 400, error: "The Host header is not a host" }
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    return { status: 501, error: "The only transfer coding spoken here is chunked" }
  }
  if (coding !== undefined && req.httpVersion === "1.0") {
    return { status: 400, error: "HTTP/1.0 has no transfer codings" }
  }
  if (hasBody(req) && (req.method === "GET" || req.method === "HEAD")) {
    return { status: 400, error: `A ${req.method} request must not have a body` }
  }
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") {
    return { status: 417, error: "The only expectation met here is 100-continue" }
  }
  const option = connection?.split(",").find((each) => KEPT.test(each.trim().toLowerCase()))
  if (option !== undefined) return { status: 400, error: "The Connection header names an end-to-end header" }
  return undefined
}

/** Lets through requests whose method and headers mean one thing only. */
export const checkHeaders: Policy = (next) => (exchange) => {
  const fault = faultOfHeaders(exchange.req)
  if (fault) return refuse(exchange, fault)
  return next(exchange)
}
