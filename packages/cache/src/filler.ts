import type { CacheCounters } from "./counters.ts"
import type { CacheKey } from "./define-entry.ts"
import type { Lead } from "./leaders.ts"
import type { Protocol } from "./protocol.ts"
import type { Load, SingleFlight } from "./single-flight.ts"
import type { Found, Loaded } from "./versioned.ts"

type AnyKey = CacheKey<unknown>

/** The right to fill some keys, and the leadership that ends with it. */
export interface Grant {
  token: string
  keys: readonly AnyKey[]
  lead: Lead
}

export interface FillerParts {
  protocol: Protocol
  singleFlight: SingleFlight
  counters: CacheCounters
}

/** Loads keys from the database and puts into Redis what may be put. */
export class Filler {
  readonly #parts: FillerParts

  constructor(parts: FillerParts) {
    this.#parts = parts
  }

  /** Loads the keys into `found`; fills those that were granted and ends their leadership. */
  async load<Key extends AnyKey>(
    found: Found,
    keys: readonly Key[],
    load: Load<Key>,
    grant?: Grant,
  ): Promise<void> {
    if (keys.length === 0) return
    const { singleFlight, counters } = this.#parts
    const began = performance.now()
    const loads = singleFlight.load(keys, load)
    const fills = grant?.keys.map((key) => this.#fill(key, grant, loads, began)) ?? []
    const loaded = await loads
    for (const key of keys) {
      const row = loaded.get(key.key)?.row(key)
      if (row) found.add(key, row.value)
    }
    counters.loadedKeys += keys.length
    await Promise.all(fills)
  }

  async #fill(
    key: AnyKey,
    { token, lead }: Grant,
    loads: Promise<Map<string, Loaded>>,
    began: number,
  ): Promise<void> {
    const { protocol, counters } = this.#parts
    const loaded = await loads.catch(() => undefined)
    const row = loaded?.get(key.key)?.row(key)
    try {
      await (row ? protocol.fill(key, token, row, performance.now() - began) : protocol.release(key, token))
    } catch {
      // What cannot be filled now is filled by a later reader.
      counters.refusedFills += 1
    } finally {
      lead.end(key.key, row ? "look" : "load")
    }
  }
}
