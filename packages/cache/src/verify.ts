import { isDeepStrictEqual } from "node:util"
import type { CacheRedis } from "./cache-redis.ts"
import type { CacheKey } from "./define-entry.ts"
import type { Ledger } from "./ledger.ts"
import type { Protocol } from "./protocol.ts"
import { CacheUnavailable } from "./same-tick.ts"
import type { Load } from "./single-flight.ts"
import { UNKEPT } from "./stored.ts"

/** A cached value that is not what its row is. */
export interface Stale {
  key: string
  cached: number
  version: number
}

export interface Comparison {
  compared: number
  stale: Stale[]
}

/** Keys that Redis looks at in one step, about. */
const STEP = 500

/** What has a meaning in a pattern, taken as it stands. */
const literally = (text: string) => text.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)

/**
 * The keys of cached values, step by step: each that is there throughout at least once.
 *
 * @throws CacheUnavailable
 */
export async function* scanKeys(redis: CacheRedis, prefix: string): AsyncGenerator<readonly string[]> {
  const pattern = `${literally(prefix)}{*}`
  for (let cursor = "0", steps = 0; steps === 0 || cursor !== "0"; steps++) {
    const reply = await redis.send("scan", cursor, "match", pattern, "count", STEP)
    if (!Array.isArray(reply) || !Array.isArray(reply[1])) throw new CacheUnavailable("no list of keys")
    cursor = String(reply[0])
    if (reply[1].length > 0) yield reply[1].map((name) => String(name).slice(prefix.length))
  }
}

/** As JSON gives it back. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

/**
 * Compares what is cached with the rows. The database first, then Redis: a write takes the value away before it commits
 * and puts it back afterwards, so that whatever is there after its row was read must not be older.
 *
 * @throws CacheUnavailable while Redis is not believed; what `load` throws
 */
export async function compare<Key extends CacheKey<unknown>>(
  { redis, protocol, ledger }: { redis: CacheRedis; protocol: Protocol; ledger: Ledger },
  keys: readonly Key[],
  load: Load<Key>,
): Promise<Comparison> {
  const loaded = await load(keys)
  // Nobody is shown what is owed.
  const owed = redis.trusted ? await ledger.owed() : undefined
  if (!owed) throw new CacheUnavailable("not believed at the moment")
  const cached = await protocol.get(keys)
  const comparison: Comparison = { compared: 0, stale: [] }
  for (const [index, key] of keys.entries()) {
    const hit = cached[index]
    if (!hit || hit.value === UNKEPT || owed.has(key.key)) continue
    comparison.compared += 1
    const { version, value } = loaded.row(key)
    const right =
      hit.version > version || (hit.version === version && isDeepStrictEqual(hit.value, plain(value)))
    if (!right) comparison.stale.push({ key: key.key, cached: hit.version, version })
  }
  return comparison
}
