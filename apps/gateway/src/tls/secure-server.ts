import type { ServerOptions } from "node:http"
import { createServer, type Server } from "node:https"
import type { Certificates } from "./certificates.ts"
import { TLS_OPTIONS } from "./tls-options.ts"

const HANDSHAKE_MS = 10_000

/** A server that speaks HTTP over TLS. Its certificates may change at any time; without one every handshake fails. */
export function createSecureServer(options: ServerOptions, certificates: Certificates): Server {
  const server = createServer({
    ...options,
    ...TLS_OPTIONS,
    ALPNProtocols: ["h2", "http/1.1"],
    handshakeTimeout: HANDSHAKE_MS,
    SNICallback: (name, done) => done(null, certificates.contextFor(name)),
  })
  // For clients that name no host.
  certificates.whenFirstChanges(({ cert, key }) => server.setSecureContext({ ...TLS_OPTIONS, cert, key }))
  return server
}
