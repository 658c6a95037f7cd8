import type { OutgoingHttpHeaders } from "node:http"
import { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { beginResponse, type Exchange } from "../exchange.ts"

/**
 * Answers a WebSocket handshake with 101 and joins the two connections, whose bytes are nobody else's business from
 * here on. Either side's end is the other's; silence in both directions ends both.
 *
 * @param headers the replica's, end-to-end ones alone
 * @param silenceMs 0 for no limit
 * @returns cuts both
 */
export function joinTunnel(
  exchange: Exchange,
  headers: OutgoingHttpHeaders,
  replica: Duplex,
  silenceMs: number,
): () => void {
  const { res, upgrade } = exchange
  const client = upgrade?.socket
  const cut = () => {
    replica.destroy()
    client?.destroy()
  }
  if (!client || !beginResponse(exchange, 101, { ...headers, connection: "Upgrade", upgrade: "websocket" })) {
    cut()
    return cut
  }
  res.flushHeaders()
  for (const side of [client, replica]) {
    side.once("error", cut).once("close", cut)
    if (!(side instanceof Socket)) continue
    side.setNoDelay(true)
    side.removeAllListeners("timeout")
    side.setTimeout(silenceMs, cut)
  }
  if (upgrade.head.length > 0) replica.write(upgrade.head)
  client.pipe(replica).pipe(client)
  return cut
}
