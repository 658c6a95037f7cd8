import type { Exchange } from "../exchange.ts"
import { headerName } from "../header-name.ts"
import { REPLICA_HEADER, SECRET_HEADER } from "../policies/choose-replica.ts"
import { DEADLINE_HEADER } from "./deadline.ts"
import { HOP_BY_HOP, namedByConnection, VIA } from "./hop-by-hop.ts"

/** Headers by which a client could claim to be another one, or another request: the gateway alone says so. */
const CLAIMS: ReadonlySet<string> = new Set([
  DEADLINE_HEADER,
  "cf-connecting-ip",
  "client-ip",
  "forwarded",
  "front-end-https",
  "proxy",
  "traceparent",
  "tracestate",
  "true-client-ip",
  "x-backend-host",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-forwarded",
  "x-host",
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
  "x-original-forwarded-for",
  "x-original-host",
  "x-original-url",
  "x-override-url",
  "x-proxyuser-ip",
  "x-real-ip",
  "x-remote-addr",
  "x-remote-ip",
  "x-request-id",
  "x-rewrite-url",
  "x-scheme",
])

/** Handled here or by the connection to the replica. */
const OWN: ReadonlySet<string> = new Set(["expect", "host", "via", REPLICA_HEADER, SECRET_HEADER])

const NOT_SENT: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...CLAIMS, ...OWN])

/**
 * The headers a replica gets, names and values in turn: the client's end-to-end headers as they came, and what
 * the gateway knows about the client. `X-Forwarded-For` holds one address, the client's. The last value is the time
 * left, to be filled in for each attempt.
 */
export function requestHeaders(exchange: Exchange): string[] {
  const { rawHeaders, headers, httpVersion } = exchange.req
  const named = namedByConnection(headers.connection)
  const sent: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ""
    const { key } = headerName(name)
    if (NOT_SENT.has(key) || named?.has(key)) continue
    if (key.startsWith("x-forwarded-")) continue
    sent.push(name, rawHeaders[i + 1] ?? "")
  }
  const via = httpVersion === "1.1" ? VIA : VIA.replace("1.1", httpVersion)
  const { address, protocol, host } = exchange.client
  sent.push(
    "host",
    headers.host ?? "",
    "x-forwarded-for",
    address,
    "x-forwarded-proto",
    protocol,
    "x-forwarded-host",
    host,
    "x-request-id",
    exchange.requestId,
    "via",
    headers.via ? `${headers.via}, ${via}` : via,
  )
  const { traceparent, tracestate } = exchange
  if (traceparent) sent.push("traceparent", traceparent)
  if (tracestate) sent.push("tracestate", tracestate)
  sent.push(DEADLINE_HEADER, "")
  return sent
}
