import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http"
import { HOP_BY_HOP, namedByConnection, VIA } from "./hop-by-hop.ts"

/** What the client gets of a replica's response headers: the end-to-end ones. */
export function responseHeaders(received: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = namedByConnection(received.connection)
  const sent: OutgoingHttpHeaders = {}
  for (const name of Object.keys(received)) {
    if (HOP_BY_HOP.has(name) || named?.has(name)) continue
    sent[name] = received[name]
  }
  sent.via = received.via ? `${received.via}, ${VIA}` : VIA
  return sent
}
