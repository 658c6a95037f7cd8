import type { Logger } from "@tintype/observe"
import { type CacheRedis, openCacheRedis } from "../cache-redis.ts"
import { CacheUnavailable } from "../same-tick.ts"
import { createSharedLimiter, type SharedLimiter, type SharedLimiterOptions } from "./shared-limiter.ts"

export { networkOf } from "./network-of.ts"
export type { SharedLimiter, Standing } from "./shared-limiter.ts"

/** After three in a row that took longer, Redis is left alone until it answers. */
const WAIT_MS = 50

export interface OpenSharedLimiter extends SharedLimiter {
  /** Whether Redis is there and believed; while it is not, this process counts for itself. */
  readonly isShared: boolean
  close(): Promise<void>
}

const away = () => Promise.reject(new CacheUnavailable("there is none"))
const NO_REDIS: CacheRedis = { trusted: false, send: away, run: away }

export interface OpenSharedLimiterOptions extends SharedLimiterOptions {
  /** The longest a request may wait for Redis. */
  waitMs?: number
}

/** A limiter with a connection of its own, not waited for. @param url without one this process counts for itself */
export function openSharedLimiter(
  url: string | undefined,
  log: Logger,
  { waitMs: timeoutMs = WAIT_MS, ...options }: OpenSharedLimiterOptions = {},
): OpenSharedLimiter {
  const redis = url === undefined ? undefined : openCacheRedis({ url, log, timeoutMs })
  const limiter = createSharedLimiter(redis ?? NO_REDIS, options)
  return {
    take: (limits) => limiter.take(limits),
    get isShared() {
      return redis?.trusted ?? false
    },
    close: async () => redis?.close(),
  }
}
