import { discardBody } from "../answer.ts"
import { beginResponse, type Exchange, type Handler, lookAtHead, type Policy } from "../exchange.ts"

/** Sends a client to the same path under the public address; for good, and with the same method (RFC 9110 §15.4.9). */
function sendTo(exchange: Exchange, publicUrl: string): void {
  const begun = beginResponse(exchange, 308, {
    location: `${publicUrl}${exchange.path}${exchange.search}`,
    "content-length": 0,
    "cache-control": "public, max-age=3600",
  })
  if (!begun) return
  exchange.res.end()
  discardBody(exchange)
}

/** Answers all with the way to the public address: for the port that does not speak TLS. */
export const redirectAll =
  (publicUrl: string): Handler =>
  (exchange) => {
    exchange.trail.route = "redirect"
    sendTo(exchange, publicUrl)
  }

/**
 * Sends those who ask for `www.` before the public host's name, or leave it out where that has one, to the public
 * address; and has browsers that came by TLS come by TLS alone from now on (RFC 6797).
 */
export function keepToPublicUrl(config: { publicUrl: string; hstsSeconds: number }): Policy {
  const { publicUrl, hstsSeconds } = config
  const { host } = new URL(publicUrl)
  const other = host.startsWith("www.") ? host.slice("www.".length) : `www.${host}`
  return (next) => (exchange) => {
    const { client } = exchange
    if (hstsSeconds > 0 && client.protocol === "https") {
      lookAtHead(exchange, (_status, headers) => {
        headers["strict-transport-security"] = `max-age=${hstsSeconds}`
      })
    }
    return client.host.toLowerCase() === other ? sendTo(exchange, publicUrl) : next(exchange)
  }
}
