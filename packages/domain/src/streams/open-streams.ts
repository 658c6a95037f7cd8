import { hearChannel } from "@tintype/cache"
import type { Context } from "../context.ts"
import { StreamHub } from "./stream-hub.ts"
import { readStreamMessage, streamChannel } from "./stream-message.ts"

/** How long a stream outlives its token when the word of its end is lost, or the token expires. */
const CHECK_MS = 30_000

export interface OpenStreams {
  hub: StreamHub
  close(): Promise<void>
}

export interface StreamsSource {
  redisCacheUrl: string
  redisPrefix?: string
}

/**
 * Opens this process's part of the streams: it listens on one connection, whatever its clients listen to. Clients
 * may come as soon as it hears.
 */
export function openStreams(ctx: Context, { redisCacheUrl, redisPrefix }: StreamsSource): OpenStreams {
  const hub = new StreamHub(ctx)
  const stopHearing = hearChannel(redisCacheUrl, streamChannel(redisPrefix), {
    onMessage(text) {
      const message = readStreamMessage(text)
      if (message) hub.receive(message)
      return message !== null
    },
    onHearing: () => hub.hear(),
    onDeaf() {
      ctx.log.warn("streams hear nothing: their clients are sent away")
      hub.becomeDeaf()
    },
  })
  const checks = setInterval(() => {
    hub
      .checkSessions()
      .catch((error: unknown) => ctx.log.warn({ err: error }, "sessions of streams unchecked"))
  }, CHECK_MS)
  checks.unref()
  return {
    hub,
    async close() {
      clearInterval(checks)
      await stopHearing()
      hub.drain(0)
      await hub.idle()
    },
  }
}
