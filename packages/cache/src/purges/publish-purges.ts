import type { Logger } from "@tintype/observe"
import { createBroadcast } from "../broadcasts/broadcast.ts"
import type { CacheRedis } from "../cache-redis.ts"
import { createRepairs } from "../repairs.ts"
import { channelOf, writePurge } from "./purge-wire.ts"

/** Most keys of one message. */
const TOGETHER = 100

/** Tells every gateway which responses no longer hold. */
export interface Purges {
  /**
   * Resolves once Redis has passed it on to the gateways that listen, one round trip; or, while Redis is away, at
   * once: then it is told again as soon as it is back. Never throws because of Redis.
   */
  purge(keys: readonly string[]): Promise<void>
  /** Lets gateways serve what they have while they fetch anew: for what may be seen a little late. */
  softPurge(keys: readonly string[]): Promise<void>
}

export function createPurges(
  redis: CacheRedis,
  { log, prefix = "" }: { log: Logger; prefix?: string },
): Purges & AsyncDisposable {
  const broadcast = createBroadcast(redis, channelOf(prefix))
  const publish = (keys: readonly string[], soft: boolean) => broadcast.tell(writePurge({ keys, soft }))
  const repairs = createRepairs(log, (key) => publish([key], false))
  const tell = async (keys: readonly string[], soft: boolean) => {
    const distinct = [...new Set(keys)]
    for (let at = 0; at < distinct.length; at += TOGETHER) {
      const some = distinct.slice(at, at + TOGETHER)
      try {
        await publish(some, soft)
      } catch (error) {
        if (error instanceof RangeError) throw error
        for (const key of some) void repairs.owe(key)
      }
    }
  }
  return {
    purge: (keys) => tell(keys, false),
    softPurge: (keys) => tell(keys, true),
    [Symbol.asyncDispose]: () => repairs.stop(),
  }
}
