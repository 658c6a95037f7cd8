import type { Logger } from "@tintype/observe"
import { Redis } from "ioredis"
import { within } from "../within.ts"
import { channelOf, type Purge, readPurge } from "./purge-wire.ts"

const HEARTBEAT_MS = 500
const ANSWER_MS = 500
const CONNECT_MS = 1_000

/** Who acts on purges. */
export interface Audience {
  onPurge(purge: Purge): void
  /** From now on every purge is heard; whatever was missed before may have concerned anything. */
  onHearing(): void
  /** Purges are no longer heard. */
  onDeaf(): void
}

export interface Hearing {
  url: string
  log: Logger
  /** Stands before the names of the channel and of the counter. */
  prefix?: string
  audience: Audience
}

/**
 * Listens to purges on a connection of its own, for as long as the process lives: comes back by itself, and tells
 * when it may have missed something. A connection that is silent is found out within a second.
 *
 * @returns closes it
 */
export function hearPurges({ url, log, prefix = "", audience }: Hearing): () => Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, 250),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    disableClientInfo: true,
  })
  let isHearing = false
  let last: number | undefined

  const becomeDeaf = () => {
    if (!isHearing) return
    isHearing = false
    log.warn("purges are not heard: nothing that could be purged is kept")
    audience.onDeaf()
  }
  const subscribe = async () => {
    await within(CONNECT_MS, redis.subscribe(channelOf(prefix)))
    last = undefined
    isHearing = true
    audience.onHearing()
  }
  const reconnect = () => {
    becomeDeaf()
    redis.disconnect(true)
  }
  const listen = (message: string) => {
    const purge = readPurge(message)
    const follows = purge && (last === undefined || purge.number === last + 1)
    last = purge?.number
    if (!follows) audience.onHearing()
    if (purge) audience.onPurge(purge)
  }

  redis.on("error", () => {})
  redis.on("ready", () => void subscribe().catch(reconnect))
  redis.on("close", becomeDeaf)
  redis.on("message", (_channel, message) => listen(message))
  const heartbeat = setInterval(() => {
    if (isHearing) within(ANSWER_MS, redis.ping()).catch(() => isHearing && reconnect())
  }, HEARTBEAT_MS)
  redis.connect().catch(() => undefined)

  return async () => {
    clearInterval(heartbeat)
    isHearing = false
    redis.disconnect()
  }
}
