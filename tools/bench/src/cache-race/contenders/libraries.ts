import { createKeyv } from "@keyv/redis"
import { createCache } from "async-cache-dedupe"
import { BentoCache, bentostore } from "bentocache"
import { redisDriver } from "bentocache/drivers/redis"
import { Cacheable } from "cacheable"
import { Redis } from "ioredis"
import type { Row } from "../table.ts"
import { afterCommitOnly, loadOne, type OpenContender } from "./contender.ts"

/*
 * Each as its manual shows: read through on a miss, deleted after the write, on Redis alone. A level in memory
 * would only add to what is stale in other processes.
 */

const TTL_SECONDS = 600

export const openBentocache: OpenContender = async (options) => {
  const { redisUrl, prefix } = options
  const { hostname: host, port } = new URL(redisUrl)
  const driver = redisDriver({ connection: { host, port: Number(port), maxRetriesPerRequest: 1 } })
  const bento = new BentoCache({
    default: "rows",
    prefix,
    stores: { rows: bentostore().useL2Layer(driver) },
  })
  return {
    read: (keys) =>
      Promise.all(
        keys.map((key) =>
          bento.getOrSet<Row>({
            key: String(key),
            ttl: `${TTL_SECONDS}s`,
            factory: () => loadOne(options, key),
          }),
        ),
      ),
    ...afterCommitOnly((rows) => bento.deleteMany({ keys: rows.map(({ key }) => String(key)) })),
    close: () => bento.disconnectAll(),
  }
}

export const openAsyncCacheDedupe: OpenContender = async (options) => {
  const client = new Redis(options.redisUrl, { maxRetriesPerRequest: 1, keyPrefix: options.prefix })
  client.on("error", () => {})
  const cache = createCache({ ttl: TTL_SECONDS, storage: { type: "redis", options: { client } } }).define(
    "row",
    (key: number) => loadOne(options, key),
  )
  return {
    read: (keys) => Promise.all(keys.map((key) => cache.row(key))),
    ...afterCommitOnly((rows) => Promise.all(rows.map(({ key }) => cache.clear("row", key)))),
    async close() {
      client.disconnect()
    },
  }
}

export const openCacheable: OpenContender = async (options) => {
  const primary = createKeyv(options.redisUrl, { namespace: options.prefix })
  const cacheable = new Cacheable({ primary, ttl: `${TTL_SECONDS}s` })
  cacheable.on("error", () => {})
  return {
    read: async (keys) => {
      const rows = keys.map((key) => cacheable.getOrSet<Row>(String(key), () => loadOne(options, key)))
      return (await Promise.all(rows)).flatMap((row) => row ?? [])
    },
    ...afterCommitOnly((rows) => cacheable.deleteMany(rows.map(({ key }) => String(key)))),
    close: () => cacheable.disconnect(),
  }
}
