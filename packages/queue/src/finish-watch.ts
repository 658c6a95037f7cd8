import type { Redis } from "ioredis"
import type { Queue } from "./open-queue.ts"
import type { QueueKeys } from "./redis.ts"
import { settledWithin } from "./within.ts"

/** How long the first look waits for the subscription. */
const SUBSCRIBE_MS = 200
/** Between two looks: while a message is expected, and while none can come. */
const CALM_MS = 2_000
const DEAF_MS = 500

interface Listener {
  hear: () => void
  /** Whether Redis has taken the subscription. */
  subscribed: boolean
}

/** Hears of finished jobs: a connection that all of a process's waiters share. */
export interface FinishWatch {
  waitFor(...asked: Parameters<Queue["waitFor"]>): Promise<boolean>
}

export function createFinishWatch(subscriber: () => Redis, keys: QueueKeys): FinishWatch {
  const listeners = new Map<string, Set<Listener>>()
  let redis: Redis | undefined

  const connection = () => {
    if (redis) return redis
    redis = subscriber()
    redis.on("message", (channel: string) => {
      for (const { hear } of listeners.get(channel) ?? []) hear()
    })
    return redis
  }
  const subscribe = async (channel: string, listener: Listener) => {
    await connection().subscribe(channel)
    listener.subscribed = true
  }
  const leave = (channel: string, listener: Listener) => {
    const others = listeners.get(channel)
    others?.delete(listener)
    if (others?.size !== 0) return
    listeners.delete(channel)
    connection()
      .unsubscribe(channel)
      .catch(() => undefined)
  }
  return {
    async waitFor(jobId, timeoutMs, check, unlikelyMs = 0) {
      const channel = keys.finished(jobId)
      const end = performance.now() + timeoutMs
      const heard = Promise.withResolvers<void>()
      const listener: Listener = { hear: heard.resolve, subscribed: false }
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener))
      const heardWithin = (ms: number) =>
        settledWithin(Math.min(ms, Math.max(0, end - performance.now())), heard.promise)
      const isDeaf = () => !listener.subscribed || connection().status !== "ready"
      let unlikely = unlikelyMs
      try {
        for (;;) {
          if (!listener.subscribed) {
            await settledWithin(Math.min(SUBSCRIBE_MS, timeoutMs), subscribe(channel, listener))
          }
          if (unlikely > 0 && !isDeaf() && (await heardWithin(unlikely))) return true
          unlikely = 0
          if (await check()) return true
          if (end <= performance.now()) return false
          if (await heardWithin(isDeaf() ? DEAF_MS : CALM_MS)) return true
        }
      } finally {
        leave(channel, listener)
      }
    },
  }
}
