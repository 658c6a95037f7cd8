import { type OpenSharedLimiter, openSharedLimiter } from "@tintype/cache/shared-limiter"
import type { GatewayConfig } from "@tintype/config"
import type { Logger } from "@tintype/observe"
import type { Policy } from "../exchange.ts"
import { limitRate } from "../policies/limit-rate.ts"

export interface RateLimit {
  policy: Policy
  on: boolean
  /** Whether all gateways count together at the moment. */
  readonly shared: boolean
  close(): Promise<void>
}

/** The rate limits of a configuration as a policy; one that does nothing where they are off. */
export function openRateLimit(
  config: GatewayConfig,
  log: Logger,
  open: () => OpenSharedLimiter = () => openSharedLimiter(config.redisCacheUrl, log),
): RateLimit {
  const { rateLimits: limits, rateLimitExempt: exempt } = config
  if (!limits) return { policy: (next) => next, on: false, shared: false, close: async () => {} }
  const limiter = open()
  return {
    policy: limitRate({ limiter, limits, exempt }),
    on: true,
    get shared() {
      return limiter.isShared
    },
    close: () => limiter.close(),
  }
}
