import { type OpenSharedLimiter, openSharedLimiter } from "@tintype/cache/shared-limiter"
import type { GatewayConfig } from "@tintype/config"
import type { Logger } from "@tintype/observe"
import type { Policy } from "../exchange.ts"
import { limitRate } from "../policies/limit-rate.ts"

/** The rate limits of a configuration as a policy; one that does nothing where they are off. */
export function openRateLimit(
  config: GatewayConfig,
  log: Logger,
  open: () => OpenSharedLimiter = () => openSharedLimiter(config.redisCacheUrl, log),
): { policy: Policy; close(): Promise<void> } {
  const { rateLimits: limits, rateLimitExempt: exempt } = config
  if (!limits) return { policy: (next) => next, close: async () => {} }
  const limiter = open()
  return { policy: limitRate({ limiter, limits, exempt }), close: () => limiter.close() }
}
