import type { Logger } from "@tintype/observe"
import type { Policy } from "../exchange.ts"

/** The status logged for a client that left before its answer was complete. */
const CLIENT_CLOSED_REQUEST = 499

/**
 * Writes a line for every request once it is over. The query is left out and so is the signature of a photo's
 * URL: both can carry what opens a door.
 */
export function logAccess(log: Logger): Policy {
  // Redaction costs more than the rest of the line; every field here is known and none is a secret.
  const access = log.child({}, { redact: [] })
  return (next) => (exchange) => {
    const { req, res } = exchange
    const startedAt = performance.now()
    const sentBefore = req.socket.bytesWritten
    const { socket } = req
    res.on("close", () => {
      access.info(
        {
          method: req.method,
          path: loggedPath(exchange.path || (req.url ?? "")),
          status: res.writableFinished || res.statusCode === 101 ? res.statusCode : CLIENT_CLOSED_REQUEST,
          ms: Math.round((performance.now() - startedAt) * 10) / 10,
          bytes: socket.bytesWritten - sentBefore,
          replica: exchange.replica,
          requestId: exchange.requestId,
        },
        "request",
      )
    })
    return next(exchange)
  }
}

/** The path as it is logged. */
export function loggedPath(path: string): string {
  const bare = path.split(/[?#]/, 1)[0] ?? ""
  return bare.replace(/^(\/media\/[^/]*\/)[^/]*/, "$1-").slice(0, 512)
}
