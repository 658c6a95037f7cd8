import { createCache, defineEntry, Loaded, openCacheRedis } from "@tintype/cache"
import { createLogger } from "@tintype/observe"
import type { Row } from "../table.ts"
import type { OpenContender } from "./contender.ts"

const open =
  (firstLevel: boolean): OpenContender =>
  async ({ redisUrl, prefix, load, owed, owe: oweNow }) => {
    const raced = defineEntry<number, Row>({
      name: "raced",
      shape: 1,
      ttlSeconds: 600,
      id: String,
      firstLevel,
    })
    const log = createLogger("race", "silent")
    const redis = openCacheRedis({ url: redisUrl, log })
    const cache = createCache(redis, {
      log,
      prefix,
      ...(firstLevel && { firstLevel: { url: redisUrl, entries: [raced] } }),
      readOwed: async () => (await owed()).map(({ key }) => key),
    })
    return {
      async read(keys) {
        const [only] = keys
        if (only !== undefined && keys.length === 1) {
          const loadOne = async () => {
            const [row] = await load(keys)
            return row ? { version: row.version, value: row } : { version: 0, value: null }
          }
          const row = await cache.read(raced.key(only), loadOne)
          return row ? [row] : []
        }
        const names = keys.map((key) => raced.key(key))
        const numbers = new Map(keys.map((key) => [raced.key(key).key, key]))
        const found = await cache.readMany(names, async (missing) => {
          const loaded = new Loaded()
          for (const row of await load(missing.flatMap(({ key }) => numbers.get(key) ?? []))) {
            loaded.set(raced.key(row.key), { version: row.version, value: row })
          }
          return loaded
        })
        return names.flatMap((name) => found.get(name) ?? [])
      },
      async beforeCommit(rows, owe) {
        const changes = rows.map((row) => ({
          key: raced.key(row.key),
          next: { version: row.version, value: row },
        }))
        const write = await cache.beginWrite(changes)
        if (!write.marked) await owe(changes.map(({ key }) => key.key))
        return () => write.publish(oweNow)
      },
      firstLevelHits: () => cache.counters.firstLevelHits,
      forget: (texts) => cache.forget(texts),
      async close() {
        await cache[Symbol.asyncDispose]()
        await redis.close()
      },
    }
  }

export const openTintype = open(false)
/** Every process answers by itself what it has. */
export const openTintypeFirstLevel = open(true)
