import type { CacheRedis } from "./cache-redis.ts"
import type { CacheKey } from "./define-entry.ts"
import type { Claim, Protocol } from "./protocol.ts"
import type { Repairs } from "./repairs.ts"
import type { Load, SingleFlight } from "./single-flight.ts"
import { Found, type Loaded } from "./versioned.ts"

/** What reading is made of. */
export interface ReaderParts {
  redis: CacheRedis
  protocol: Protocol
  repairs: Repairs
  singleFlight: SingleFlight
  newToken: () => string
  pause: () => Promise<unknown>
}

/** How often a reader looks again for what another one is filling, before it reads the database itself. */
const LOOKS = 2
const MOST_KEYS = 1000

type AnyKey = CacheKey<unknown>

/** The right to fill some keys. */
interface Grant {
  token: string
  keys: ReadonlySet<AnyKey>
}

const NO_GRANT: Grant = { token: "", keys: new Set() }

/** @returns `readMany` of a cache */
export function createReader({ redis, protocol, repairs, singleFlight, newToken, pause }: ReaderParts) {
  /** What this process is filling: whoever waits for it looks again as soon as it is done. */
  const filling = new Map<string, Promise<unknown>>()

  /** Moves what the cache holds into `found`; the rest, or undefined when the cache cannot be asked. */
  async function lookUp<Key extends AnyKey>(keys: readonly Key[], found: Found): Promise<Key[] | undefined> {
    if (!redis.trusted) return undefined
    const stored = await protocol.get(keys).catch(() => undefined)
    return (
      stored &&
      keys.filter((key, index) => {
        const row = repairs.owes(key.key) ? undefined : stored[index]
        if (row) found.add(key, row)
        return !row
      })
    )
  }

  async function claim(key: AnyKey, token: string): Promise<Claim> {
    if (repairs.owes(key.key)) return "marked"
    return protocol.lease(key, token).catch(() => "marked")
  }

  async function fill(key: AnyKey, token: string, loads: Promise<Map<string, Loaded>>): Promise<void> {
    const loaded = await loads.catch(() => undefined)
    const row = loaded?.get(key.key)?.row(key)
    // What cannot be filled now is filled by a later reader.
    await (row ? protocol.fill(key, token, row) : protocol.release(key, token)).catch(() => undefined)
  }

  /** Loads the keys and fills those among them that were granted to this reader. */
  async function loadInto<Key extends AnyKey>(
    found: Found,
    keys: readonly Key[],
    load: Load<Key>,
    grant: Grant = NO_GRANT,
  ): Promise<void> {
    if (keys.length === 0) return
    const loads = singleFlight.load(keys, load)
    const fills = [...grant.keys].map((key) => {
      const done = fill(key, grant.token, loads).finally(() => filling.delete(key.key))
      filling.set(key.key, done)
      return done
    })
    const loaded = await loads
    for (const key of keys) {
      const row = loaded.get(key.key)?.row(key)
      if (row) found.add(key, row)
    }
    await Promise.all(fills)
  }

  /** Waits a short while for what other readers are filling, then loads what has not come. */
  async function awaitInto<Key extends AnyKey>(
    found: Found,
    keys: readonly Key[],
    load: Load<Key>,
  ): Promise<void> {
    let missing: readonly Key[] = keys
    for (let look = 0; look < LOOKS && missing.length > 0; look++) {
      const here = missing.map(({ key }) => filling.get(key))
      await (here.every(Boolean) ? Promise.race([Promise.all(here), pause()]) : pause())
      missing = (await lookUp(missing, found)) ?? missing
    }
    await loadInto(found, missing, load)
  }

  return async function readMany<Key extends AnyKey>(keys: readonly Key[], load: Load<Key>): Promise<Found> {
    if (keys.length > MOST_KEYS) throw new RangeError(`${keys.length} keys in one read`)
    const found = new Found()
    const wanted = [...new Map(keys.map((key) => [key.key, key])).values()]
    if (wanted.length === 0) return found
    const missing = await lookUp(wanted, found)
    if (!missing) {
      await loadInto(found, wanted, load)
      return found
    }
    const token = newToken()
    const claims = await Promise.all(missing.map((key) => claim(key, token)))
    const [granted, mine, held] = sort(missing, claims, found)
    await Promise.all([loadInto(found, mine, load, { token, keys: granted }), awaitInto(found, held, load)])
    return found
  }
}

/** By what the reader may do: fill, load, or wait for another. What came by itself goes to `found`. */
function sort<Key extends AnyKey>(
  keys: readonly Key[],
  claims: readonly Claim[],
  found: Found,
): [granted: Set<Key>, mine: Key[], held: Key[]] {
  const granted = new Set<Key>()
  const mine: Key[] = []
  const held: Key[] = []
  for (const [index, key] of keys.entries()) {
    const claim = claims[index]
    if (claim === "held") held.push(key)
    else if (claim === "granted" || claim === "marked" || claim === undefined) {
      mine.push(key)
      if (claim === "granted") granted.add(key)
    } else found.add(key, claim)
  }
  return [granted, mine, held]
}
