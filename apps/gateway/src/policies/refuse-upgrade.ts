import { answerError } from "../answer.ts"
import type { Policy } from "../exchange.ts"

/**
 * Refuses WebSocket handshakes, which nothing behind the gateway speaks yet. Other offers to upgrade, such as
 * to HTTP/2 without TLS, are ignored as RFC 9110 §7.8 allows, and never forwarded.
 */
export const refuseUpgrade: Policy = (next) => (exchange) => {
  if (exchange.req.headers.upgrade?.toLowerCase().includes("websocket")) {
    return answerError(exchange, { status: 501, error: "WebSocket is not spoken here" })
  }
  return next(exchange)
}
