import type { ServerOptions } from "node:http"
import { createServer, type Server } from "node:https"
import type { TLSSocket } from "node:tls"
import type { Certificates } from "./certificates.ts"
import { TLS_OPTIONS } from "./tls-options.ts"

const HANDSHAKE_MS = 10_000

/**
 * A server that speaks HTTP over TLS, and hands connections that agreed on HTTP/2 to `serveH2`. Its certificates may
 * change at any time; without one every handshake fails.
 */
export function createSecureServer(
  options: ServerOptions,
  certificates: Certificates,
  serveH2: (socket: TLSSocket) => void,
): Server {
  const server = createServer({
    ...options,
    ...TLS_OPTIONS,
    ALPNProtocols: ["h2", "http/1.1"],
    handshakeTimeout: HANDSHAKE_MS,
    SNICallback: (name, done) => done(null, certificates.contextFor(name)),
  })
  // For clients that name no host.
  certificates.whenFirstChanges(({ cert, key }) => server.setSecureContext({ ...TLS_OPTIONS, cert, key }))
  // Its own listener takes every connection for HTTP/1.1.
  const [serveH1] = server.listeners("secureConnection")
  server.removeAllListeners("secureConnection")
  server.on("secureConnection", (socket) => {
    if (socket.alpnProtocol === "h2") serveH2(socket)
    else serveH1?.call(server, socket)
  })
  return server
}
