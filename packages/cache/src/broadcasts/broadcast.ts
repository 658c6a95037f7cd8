import type { CacheRedis } from "../cache-redis.ts"
import { counterOf, PUBLISH } from "./numbered.ts"

/** Tells something to all processes that listen right now, and to nobody else: nothing is kept. */
export interface Broadcast {
  /** @throws CacheUnavailable when Redis did not do it */
  tell(message: string): Promise<void>
}

/** @param channel with what stands before the names of this instance */
export const createBroadcast = (redis: CacheRedis, channel: string): Broadcast => ({
  async tell(message) {
    await redis.run(PUBLISH, [counterOf(channel)], channel, message)
  },
})
