import { Redis } from "ioredis"
import { within } from "../within.ts"
import { readNumbered } from "./numbered.ts"

const HEARTBEAT_MS = 500
const ANSWER_MS = 500
const CONNECT_MS = 1_000

/** Who acts on what is told. */
export interface Listener {
  /** Whether it was understood: one that was not counts as missed. */
  onMessage(message: string): boolean
  /** From now on everything is heard; whatever was told before may have been missed. */
  onHearing(): void
  /** Nothing is heard any more. */
  onDeaf(): void
}

/**
 * Listens to a channel on a connection of its own, for as long as the process lives: comes back by itself, and tells
 * when it may have missed something. A connection that is silent is found out within a second.
 *
 * @returns closes it
 */
export function hearChannel(url: string, channel: string, listener: Listener): () => Promise<void> {
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
    listener.onDeaf()
  }
  const subscribe = async () => {
    await within(CONNECT_MS, redis.subscribe(channel))
    last = undefined
    isHearing = true
    listener.onHearing()
  }
  const reconnect = () => {
    becomeDeaf()
    redis.disconnect(true)
  }
  const listen = (text: string) => {
    const told = readNumbered(text)
    const follows = told && (last === undefined || told.number === last + 1)
    last = told?.number
    if (!follows) listener.onHearing()
    if (told && !listener.onMessage(told.message)) last = undefined
  }

  redis.on("error", () => {})
  redis.on("ready", () => void subscribe().catch(reconnect))
  redis.on("close", becomeDeaf)
  redis.on("message", (_channel, text) => listen(text))
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
