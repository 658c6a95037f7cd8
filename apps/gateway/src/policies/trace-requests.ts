import { startSpan } from "@tintype/observe"
import type { Policy } from "../exchange.ts"
import type { Witness } from "./conclude.ts"

/** Starts the span of a request, where spans go anywhere: what the api does for it belongs to it. */
export const traceRequests: Policy = (next) => (exchange) => {
  const { req, trail, requestId, traceparent } = exchange
  const span = startSpan({ name: req.method ?? "GET", kind: "server", id: requestId, traceparent })
  if (span) {
    trail.span = span
    exchange.traceparent = span.traceparent
  }
  return next(exchange)
}

/** Ends it. */
export const endSpan: Witness = ({ req, trail, client, requestId }, { status, bytesOut }) => {
  trail.span?.end(
    `${req.method} ${trail.route}`,
    {
      "http.request.method": req.method,
      "http.route": trail.route,
      "http.response.status_code": status,
      "http.response.size": bytesOut,
      "client.address": client.address,
      "tintype.request_id": requestId,
      "tintype.replica": trail.replica,
      "tintype.attempts": trail.attempts,
      "tintype.cache": trail.cache,
      "tintype.refusal": trail.refusal,
    },
    status >= 500,
  )
}
