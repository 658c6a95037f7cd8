import { answerError } from "../answer.ts"
import type { Handler, Policy } from "../exchange.ts"

/**
 * Refuses WebSocket handshakes where nothing speaks WebSocket. Other offers to upgrade, such as to HTTP/2 without
 * TLS, are ignored as RFC 9110 §7.8 allows, and never forwarded.
 *
 * @param speaks whether something behind a path does
 */
export function limitUpgrade(speaks: (path: string) => boolean): Policy {
  return (next: Handler) => (exchange) => {
    const { upgrade } = exchange.req.headers
    if (!upgrade?.toLowerCase().includes("websocket")) return next(exchange)
    if (exchange.upgrade && speaks(exchange.path)) return next(exchange)
    return answerError(exchange, { status: 501, error: "WebSocket is not spoken here" })
  }
}
