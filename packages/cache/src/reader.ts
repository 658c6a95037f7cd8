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

/** The reading half of a cache. */
export class Reader {
  readonly #parts: ReaderParts
  /** What this process is filling: whoever waits for it looks again as soon as it is done. */
  readonly #filling = new Map<string, Promise<unknown>>()

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** `Cache.readMany`. */
  async readMany<Key extends AnyKey>(keys: readonly Key[], load: Load<Key>): Promise<Found> {
    if (keys.length > MOST_KEYS) throw new RangeError(`${keys.length} keys in one read`)
    const found = new Found()
    const wanted = [...new Map(keys.map((key) => [key.key, key])).values()]
    if (wanted.length === 0) return found
    const missing = await this.#lookUp(wanted, found)
    if (!missing) {
      await this.#load(found, wanted, load)
      return found
    }
    const token = this.#parts.newToken()
    const claims = await Promise.all(missing.map((key) => this.#claim(key, token)))
    const [granted, mine, held] = sort(missing, claims, found)
    await Promise.all([
      this.#load(found, mine, load, { token, keys: granted }),
      this.#await(found, held, load),
    ])
    return found
  }

  /** Moves what the cache holds into `found`; the rest, or undefined when the cache cannot be asked. */
  async #lookUp<Key extends AnyKey>(keys: readonly Key[], found: Found): Promise<Key[] | undefined> {
    const { redis, protocol, repairs } = this.#parts
    const stored = redis.trusted ? await protocol.get(keys).catch(() => undefined) : undefined
    return (
      stored &&
      keys.filter((key, index) => {
        const row = repairs.owes(key.key) ? undefined : stored[index]
        if (row) found.add(key, row)
        return !row
      })
    )
  }

  async #claim(key: AnyKey, token: string): Promise<Claim> {
    if (this.#parts.repairs.owes(key.key)) return "marked"
    return this.#parts.protocol.lease(key, token).catch(() => "marked")
  }

  /** Loads the keys into `found` and fills those that were granted. */
  async #load<Key extends AnyKey>(
    found: Found,
    keys: readonly Key[],
    load: Load<Key>,
    { token, keys: granted }: Grant = NO_GRANT,
  ): Promise<void> {
    if (keys.length === 0) return
    const loads = this.#parts.singleFlight.load(keys, load)
    const fills = [...granted].map((key) => {
      const done = this.#fill(key, token, loads).finally(() => this.#filling.delete(key.key))
      this.#filling.set(key.key, done)
      return done
    })
    const loaded = await loads
    for (const key of keys) {
      const row = loaded.get(key.key)?.row(key)
      if (row) found.add(key, row)
    }
    await Promise.all(fills)
  }

  async #fill(key: AnyKey, token: string, loads: Promise<Map<string, Loaded>>): Promise<void> {
    const { protocol } = this.#parts
    const loaded = await loads.catch(() => undefined)
    const row = loaded?.get(key.key)?.row(key)
    // What cannot be filled now is filled by a later reader.
    await (row ? protocol.fill(key, token, row) : protocol.release(key, token)).catch(() => undefined)
  }

  /** Waits a short while for what other readers are filling, then loads what has not come. */
  async #await<Key extends AnyKey>(found: Found, keys: readonly Key[], load: Load<Key>): Promise<void> {
    const { pause } = this.#parts
    let missing: readonly Key[] = keys
    for (let look = 0; look < LOOKS && missing.length > 0; look++) {
      const here = missing.map(({ key }) => this.#filling.get(key))
      await (here.every(Boolean) ? Promise.race([Promise.all(here), pause()]) : pause())
      missing = (await this.#lookUp(missing, found)) ?? missing
    }
    await this.#load(found, missing, load)
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
