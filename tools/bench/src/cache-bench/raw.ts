import { Redis } from "ioredis"
import type { OpenContender } from "../cache-race/contenders/contender.ts"
import type { Row } from "../cache-race/table.ts"

/** What a cache over Redis cannot do with less: GET or MGET and parse, SET after a write. It loads nothing. */
export const openRaw: OpenContender = async ({ redisUrl, prefix, load }) => {
  const redis = new Redis(redisUrl)
  const name = (key: number) => `${prefix}${key}`
  const set = (rows: readonly Row[]) =>
    Promise.all(rows.map((row) => redis.set(name(row.key), JSON.stringify(row), "EX", 600)))
  return {
    async read(keys) {
      const [first] = keys
      const texts =
        keys.length === 1 ? [await redis.get(name(first ?? 0))] : await redis.mget(...keys.map(name))
      const missing = keys.filter((_, index) => !texts[index])
      if (missing.length > 0) await set(await load(missing))
      // Only rows were ever set under these names.
      return texts.flatMap((text) => (text ? [JSON.parse(text) as Row] : []))
    },
    beforeCommit: async (rows) => () => set(rows),
    forget: async () => undefined,
    async close() {
      redis.disconnect()
    },
  }
}
