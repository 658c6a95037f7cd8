import type { Logger } from "@tintype/observe"
import { Redis } from "ioredis"
import type { FirstLevel } from "./first-level.ts"
import { createHearing } from "./hearing.ts"
import { within } from "./within.ts"

const CHANNEL = "__redis__:invalidate"
const TIMEOUT_MS = 1000

/** Hears from Redis what changes under some prefixes. */
export interface Tracking {
  /** `Hearing.refresh`. Does not wait. */
  refresh(moment: number): void
  close(): void
}

export interface TrackingOptions {
  url: string
  log: Logger
  /** Stands before every key. */
  prefix: string
  /** What the tracked keys begin with, after that. */
  beginnings: readonly string[]
  now?: () => number
}

function createClient(url: string): Redis {
  return new Redis(url, {
    protocol: 2,
    autoResubscribe: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1000),
    disableClientInfo: true,
  })
}

/**
 * Opens the connection over which a first level hears what changed. Redis sends the names to the very connection that
 * asks for them (a redirection to itself, since ioredis drops what RESP3 pushes), so that they cannot get lost
 * without it, and so that the answer to a PING comes after the names of all that changed before it was sent.
 */
export function openTracking(firstLevel: FirstLevel, options: TrackingOptions): Tracking {
  const { url, log, prefix, beginnings, now = () => performance.now() } = options
  const redis = createClient(url)
  const ping = () => within(TIMEOUT_MS, redis.ping())
  const hearing = createHearing(firstLevel, { prefix, now, ping })

  const track = async () => {
    const id = await redis.client("ID")
    const prefixes = beginnings.flatMap((beginning) => ["PREFIX", prefix + beginning])
    await redis.call("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", ...prefixes)
    await redis.subscribe(CHANNEL)
    await hearing.begin()
  }
  /** What went wrong is put right by a new connection. */
  const orReconnect = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      log.debug({ err: error }, "the cache's first level is out of use")
      hearing.lose()
      if (redis.status === "ready") redis.disconnect(true)
    })

  redis.on("ready", () => void orReconnect(within(TIMEOUT_MS, track())))
  redis.on("close", () => hearing.lose())
  // An error of the socket is followed by its close.
  redis.on("error", () => undefined)
  redis.on("messageBuffer", (_channel: Buffer, names: unknown) => {
    hearing.hear(Array.isArray(names) ? names.map(String) : undefined)
  })
  return {
    refresh(moment) {
      const refreshing = hearing.refresh(moment)
      if (refreshing) void orReconnect(refreshing.asked)
    },
    close: () => redis.disconnect(),
  }
}
