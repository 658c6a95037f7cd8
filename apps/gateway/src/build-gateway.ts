import type { OpenSharedLimiter } from "@tintype/cache/shared-limiter"
import type { GatewayConfig } from "@tintype/config"
import type { Logger, Metrics } from "@tintype/observe"
import { chain, type Handler } from "./exchange.ts"
import { noExtras } from "./figures/attempts.ts"
import { Places } from "./figures/places.ts"
import { type GatewayFigures, registerFigures } from "./figures/register-figures.ts"
import { statusOf } from "./figures/status.ts"
import { Traffic } from "./figures/traffic.ts"
import { type Clock, SYSTEM_CLOCK } from "./http-cache/clock.ts"
import { type HearPurges, openHttpCache } from "./http-cache/open-http-cache.ts"
import { openRateLimit, type RateLimit } from "./limits/open-rate-limit.ts"
import { answerHealth } from "./policies/answer-health.ts"
import { believePeers } from "./policies/believe-peers.ts"
import { checkHeaders } from "./policies/check-headers.ts"
import { checkTarget } from "./policies/check-target.ts"
import { chooseReplica } from "./policies/choose-replica.ts"
import { conclude } from "./policies/conclude.ts"
import { forward } from "./policies/forward.ts"
import { isStreamed, keepBody } from "./policies/keep-body.ts"
import { limitBody } from "./policies/limit-body.ts"
import { limitConcurrency } from "./policies/limit-concurrency.ts"
import { limitUpgrade } from "./policies/limit-upgrade.ts"
import { logAccess } from "./policies/log-access.ts"
import { keepToPublicUrl } from "./policies/redirect.ts"
import { byPath } from "./policies/route.ts"
import { tellStatus } from "./policies/tell-status.ts"
import { endSpan, traceRequests } from "./policies/trace-requests.ts"
import { useCache } from "./policies/use-cache.ts"
import { Streams } from "./proxy/streams.ts"
import { HotPhotos } from "./static/hot-photos.ts"
import { openWeb } from "./static/open-web.ts"
import { type PhotoStore, servePhotos } from "./static/serve-photos.ts"
import { openFront } from "./tls/open-front.ts"
import { leastBusyOfTwo, roundRobin } from "./upstreams/balance.ts"
import { discover, type Resolve } from "./upstreams/discover.ts"
import { Replicas } from "./upstreams/replicas.ts"

export interface GatewayParts {
  log: Logger
  /** Where the photos lie. */
  photos: PhotoStore
  /** Finds the addresses behind the name of an upstream; by default the system's resolver. */
  resolve?: Resolve
  /** The time by which cached responses age. */
  clock?: Clock
  /** Listens to what the api purges, and returns how to stop; without it what could be purged is not kept. */
  hearPurges?: HearPurges
  /** Where it tells its figures. */
  metrics?: Metrics
  /** Counts requests; by default in the Redis of the configuration. */
  openLimiter?: () => OpenSharedLimiter
}

export interface Gateway {
  /** Starts to listen; returns the port. */
  listen(): Promise<number>
  /** Finishes what is in flight, for at most `ms` milliseconds, and closes everything. */
  drain(ms: number): Promise<void>
}

/** How long a request may wait for its turn. */
const QUEUE_MS = 1_000
/** How long idle connections stay open in a drain, and within which time streams are closed. */
const NOTICE_MS = 2_000

/** What the policies share, and what is told of it. */
type GatewayState = Omit<GatewayFigures, "connections">

function stateOf(
  { maxRequests }: GatewayConfig,
  parts: Pick<GatewayState, "cache" | "replicas" | "streams">,
): GatewayState {
  const places = { requests: new Places(maxRequests), uploads: new Places(maxRequests) }
  return { traffic: new Traffic(), extras: noExtras(), places, ...parts }
}

function chainToApi(
  config: GatewayConfig,
  log: Logger,
  state: GatewayFigures & { rate: RateLimit },
): Handler {
  const { rate, cache, places, replicas, streams, extras } = state
  const limits = { queue: config.maxRequests, waitMs: QUEUE_MS }
  return chain(
    [
      rate.policy,
      useCache(cache),
      tellStatus(() => statusOf(state, rate)),
      keepBody(),
      limitConcurrency({ ...limits, places: places.requests, counts: (each) => !isStreamed(each) }),
      limitConcurrency({ ...limits, places: places.uploads, counts: isStreamed }),
      chooseReplica(config.debugSecret),
    ],
    forward({ replicas, log, streams, hedgeReads: config.hedgeReads, extras }),
  )
}

/**
 * Puts the gateway together: every request passes the policies in the order in which they stand here.
 *
 * @throws Error naming the setting that makes no sense
 */
export async function buildGateway(config: GatewayConfig, parts: GatewayParts): Promise<Gateway> {
  const { log, photos, resolve, clock = SYSTEM_CLOCK, hearPurges, metrics, openLimiter } = parts
  const streams = new Streams()
  const balance = config.balance === "round-robin" ? roundRobin() : leastBusyOfTwo
  const api = new Replicas(log, { checkPath: "/health/ready", balance })
  const shared = openHttpCache({ maxBytes: config.httpCacheMaxBytes, clock }, hearPurges)
  const state = stateOf(config, { cache: shared.cache, replicas: api, streams })
  const { traffic } = state
  const rate = openRateLimit(config, log, openLimiter)
  const figures: GatewayFigures = { ...state, connections: () => front.connections() }
  const toApi = chainToApi(config, log, { ...figures, rate })
  const web = await openWeb(config, log, streams)
  const logLine = logAccess({ log, share: config.accessLogShare })

  const handle = chain(
    [
      conclude(() => traffic.begin(), [traffic.end, endSpan, logLine]),
      checkTarget,
      checkHeaders,
      believePeers(config.trustedProxies),
      keepToPublicUrl(config),
      traceRequests,
      limitUpgrade((path) => web.speaksWebSocket || path.startsWith("/api/")),
      limitBody(config.uploadMaxBytes),
    ],
    byPath(
      [
        ["/api/v1/streaming", toApi],
        ["/api", toApi],
        ["/oauth", toApi],
        ["/.well-known", toApi],
        ["/nodeinfo", toApi],
        ["/media", servePhotos(photos, config.signingSecret, new HotPhotos(config.photoCacheMaxBytes))],
        ["/health", answerHealth({ replicas: api, log })],
      ],
      web.serve,
    ),
  )

  const front = await openFront(config, { handle, logLine, log })
  if (metrics) registerFigures(metrics, figures)
  let stopDiscovery = () => {}
  return {
    listen: async () => {
      const port = await front.listen()
      stopDiscovery = discover(api, config.apiUpstreams, log, resolve)
      return port
    },
    drain: async (ms) => {
      const noticeMs = Math.min(NOTICE_MS, ms / 4)
      streams.drain(noticeMs)
      await front.drain(ms, noticeMs)
      stopDiscovery()
      await Promise.all([shared.close(), rate.close(), api.close(), web.close()])
    },
  }
}
