import type { GatewayConfig, TlsConfig } from "@tintype/config"
import type { Logger } from "@tintype/observe"
import { answerJson } from "../answer.ts"
import { chain, type Handler } from "../exchange.ts"
import { answerChallenge, CHALLENGES } from "../policies/answer-challenge.ts"
import { believePeers } from "../policies/believe-peers.ts"
import { checkHeaders } from "../policies/check-headers.ts"
import { checkTarget } from "../policies/check-target.ts"
import { conclude, type Witness } from "../policies/conclude.ts"
import { redirectAll } from "../policies/redirect.ts"
import { byPath } from "../policies/route.ts"
import { GatewayServer } from "../server.ts"
import { Certificates } from "./certificates.ts"

/** How often the files of certificates are looked at. */
const WATCH_MS = 1_000

/** The ports on which the gateway is reached. */
export interface Front {
  /** Returns the port of what is served, once all of them are listened on. */
  listen(): Promise<number>
  connections(): Promise<number>
  /** As `GatewayServer.drain`. */
  drain(ms: number, idleMs: number): Promise<void>
}

export interface FrontParts {
  handle: Handler
  /** Told of what comes to the port that sends clients on; `handle` tells of the rest by itself. */
  logLine: Witness
  log: Logger
}

/**
 * One port, bare or with TLS, and where that is set another one that sends clients from there to here.
 *
 * @throws Error when a certificate is not usable, unless one is still to be got through that other port
 */
export async function openFront(config: GatewayConfig, { handle, logLine, log }: FrontParts): Promise<Front> {
  const { tls, host, port, reusePort } = config
  const certificates = tls && new Certificates(tls.certificates, log)
  const main = new GatewayServer(handle, log, certificates)
  await certificates?.load()
  if (certificates?.faults && !tls?.acmeDir) throw new Error(`TLS_CERTIFICATES: ${certificates.faults}`)
  const bare =
    tls?.httpPort === undefined ? undefined : new GatewayServer(bareHandler(config, tls, logLine), log)
  return {
    async listen() {
      certificates?.watch(WATCH_MS)
      if (bare)
        log.info({ port: await bare.listen(tls?.httpPort ?? 0, host, reusePort) }, "sending on to TLS")
      return main.listen(port, host, reusePort)
    },
    connections: () => main.connections(),
    async drain(ms, idleMs) {
      certificates?.stop()
      await Promise.all([main.drain(ms, idleMs), bare?.drain(ms, idleMs)])
    },
  }
}

function bareHandler(
  { publicUrl, trustedProxies }: GatewayConfig,
  { acmeDir }: TlsConfig,
  logLine: Witness,
): Handler {
  return chain(
    [conclude(() => {}, [logLine]), checkTarget, checkHeaders, believePeers(trustedProxies)],
    byPath(
      [
        ...(acmeDir ? [[CHALLENGES, answerChallenge(acmeDir)] as const] : []),
        ["/health/live", (exchange) => answerJson(exchange, 200, { status: "ok" })],
      ],
      redirectAll(publicUrl),
    ),
  )
}
