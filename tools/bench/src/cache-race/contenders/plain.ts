import { Redis } from "ioredis"
import type { Row } from "../table.ts"
import { afterCommitOnly, type OpenContender } from "./contender.ts"

/** MGET, and whatever is missing loaded and set: what is written by hand where there is no library. */
const plain =
  (
    write: (redis: Redis, rows: readonly Row[], name: (key: number) => string) => Promise<unknown>,
  ): OpenContender =>
  async ({ redisUrl, prefix, load }) => {
    const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 })
    redis.on("error", () => {})
    const name = (key: number) => `${prefix}${key}`
    const set = (rows: readonly Row[]) =>
      Promise.all(rows.map((row) => redis.set(name(row.key), JSON.stringify(row), "EX", 600)))
    return {
      async read(keys) {
        const texts = await redis.mget(...keys.map(name))
        const missing = keys.filter((_, index) => !texts[index])
        const loaded = missing.length > 0 ? await load(missing) : []
        await set(loaded)
        // Only rows were ever set under these names.
        return [...texts.flatMap((text) => (text ? [JSON.parse(text) as Row] : [])), ...loaded]
      },
      ...afterCommitOnly((rows) => write(redis, rows, name)),
      async close() {
        redis.disconnect()
      },
    }
  }

export const openSetOnWrite = plain((redis, rows, name) =>
  Promise.all(rows.map((row) => redis.set(name(row.key), JSON.stringify(row), "EX", 600))),
)

export const openCacheAside = plain((redis, rows, name) => redis.del(...rows.map((row) => name(row.key))))
