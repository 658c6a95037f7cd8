import type { Conclusion, Exchange, Policy } from "../exchange.ts"

/** The status told of a client that left before its answer was complete. */
const CLIENT_CLOSED_REQUEST = 499

/** Is told of every exchange when it is over. */
export type Witness = (exchange: Exchange, conclusion: Conclusion) => void

/**
 * Tells the witnesses of every exchange once it is over.
 *
 * @param begin called when one begins
 */
export function conclude(begin: () => void, witnesses: readonly Witness[]): Policy {
  return (next) => (exchange) => {
    const { req, res } = exchange
    const { socket } = req
    const startedAt = performance.now()
    const sentBefore = res.bytesSent === undefined ? socket.bytesWritten : 0
    begin()
    res.on("close", () => {
      const isWhole = res.writableFinished || res.statusCode === 101
      const conclusion: Conclusion = {
        status: isWhole ? res.statusCode : CLIENT_CLOSED_REQUEST,
        left: !isWhole,
        seconds: (performance.now() - startedAt) / 1000,
        bytesOut: res.bytesSent ?? socket.bytesWritten - sentBefore,
      }
      for (const witness of witnesses) witness(exchange, conclusion)
    })
    return next(exchange)
  }
}
