import { type Logger, traceIdOf } from "@tintype/observe"
import type { Witness } from "./conclude.ts"

/** Longer values are cut: what a client sends must not fill the log. */
const MOST_CHARACTERS = 512

export interface AccessLog {
  log: Logger
  /** The share of the requests that get a line, from 0 to 1; those that failed on the server always do. */
  share: number
}

/**
 * Writes a line for every request that is over. The query is left out and so is the signature of a photo's URL: both
 * can carry what opens a door.
 */
export function logAccess({ log, share }: AccessLog): Witness {
  // Redaction costs more than the rest of the line; every field here is known and none is a secret.
  const access = log.child({}, { redact: [] })
  return (exchange, { status, seconds, bytesOut }) => {
    if (share < 1 && status < 500 && Math.random() >= share) return
    const { req, client, trail } = exchange
    access.info(
      {
        requestId: exchange.requestId,
        traceId: exchange.traceparent && traceIdOf(exchange.traceparent),
        client: client.address || req.socket.remoteAddress,
        protocol: `HTTP/${req.httpVersion}`,
        scheme: client.protocol,
        host: client.host.slice(0, MOST_CHARACTERS),
        method: req.method,
        path: loggedPath(exchange.path || (req.url ?? "")),
        route: trail.route,
        status,
        ms: Math.round(seconds * 10_000) / 10,
        bytesIn: trail.bytesIn,
        bytes: bytesOut,
        replica: trail.replica,
        replicaMs: trail.replicaMs && Math.round(trail.replicaMs * 10) / 10,
        attempts: trail.attempts || undefined,
        cache: trail.cache,
        refusal: trail.refusal,
        agent: req.headers["user-agent"]?.slice(0, MOST_CHARACTERS),
      },
      "request",
    )
  }
}

/** The path as it is logged: without its query, and without the signature of a photo. */
export function loggedPath(path: string): string {
  const bare = path.split(/[?#]/, 1)[0] ?? ""
  return bare.replace(/^(\/media\/[^/]*\/)[^/]*/, "$1-").slice(0, MOST_CHARACTERS)
}
