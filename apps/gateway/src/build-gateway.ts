import type { GatewayConfig } from "@tintype/config"
import type { Logger } from "@tintype/observe"
import { chain } from "./exchange.ts"
import { answerHealth } from "./policies/answer-health.ts"
import { believePeers } from "./policies/believe-peers.ts"
import { checkHeaders } from "./policies/check-headers.ts"
import { checkTarget } from "./policies/check-target.ts"
import { forward } from "./policies/forward.ts"
import { limitBody } from "./policies/limit-body.ts"
import { logAccess } from "./policies/log-access.ts"
import { refuseUpgrade } from "./policies/refuse-upgrade.ts"
import { byPath } from "./policies/route.ts"
import { GatewayServer } from "./server.ts"
import { openWeb } from "./static/open-web.ts"
import { type PhotoStore, servePhotos } from "./static/serve-photos.ts"
import { discover, type Resolve } from "./upstreams/discover.ts"
import { Replicas } from "./upstreams/replicas.ts"

export interface GatewayParts {
  log: Logger
  /** Where the photos lie. */
  photos: PhotoStore
  /** Finds the addresses behind the name of an upstream; by default the system's resolver. */
  resolve?: Resolve
}

export interface Gateway {
  /** Starts to listen; returns the port. */
  listen(): Promise<number>
  /** Finishes what is in flight, for at most `ms` milliseconds, and closes everything. */
  drain(ms: number): Promise<void>
}

/**
 * Puts the gateway together: every request passes the policies in the order in which they stand here.
 *
 * @throws Error naming the setting that makes no sense
 */
export async function buildGateway(config: GatewayConfig, parts: GatewayParts): Promise<Gateway> {
  const { log, photos, resolve } = parts
  const api = new Replicas(log, "/health/live")
  const toApi = forward({ replicas: api, log })
  const web = await openWeb(config, log)

  const handle = chain(
    [
      logAccess(log),
      checkTarget,
      checkHeaders,
      believePeers(config.trustedProxies),
      refuseUpgrade,
      limitBody(config.uploadMaxBytes),
    ],
    byPath(
      [
        ["/api", toApi],
        ["/oauth", toApi],
        ["/.well-known", toApi],
        ["/nodeinfo", toApi],
        ["/media", servePhotos(photos, config.signingSecret)],
        ["/health", answerHealth({ replicas: api, log })],
      ],
      web.serve,
    ),
  )

  const server = new GatewayServer(handle, log, web.join)
  let stopDiscovery = () => {}
  return {
    listen: async () => {
      const port = await server.listen(config.port, config.host)
      stopDiscovery = discover(api, config.apiUpstreams, log, resolve)
      return port
    },
    drain: async (ms) => {
      await Promise.all([server.drain(ms), web.close()])
      stopDiscovery()
      await api.close()
    },
  }
}
