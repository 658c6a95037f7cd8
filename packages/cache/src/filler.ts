import { inBatches } from "./batches.ts"
import type { CacheCounters } from "./counters.ts"
import type { CacheKey } from "./define-entry.ts"
import type { Lead } from "./leaders.ts"
import type { Fill, Protocol } from "./protocol.ts"
import type { Load, SingleFlight } from "./single-flight.ts"
import { encode, type Payload } from "./stored.ts"
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

/** Commands under way, of some 300,000 characters at most, until readers wait for their own. */
const MOST_UNDER_WAY = 32

/** Loads keys from the database and puts into Redis what may be put. */
export class Filler {
  readonly #parts: FillerParts
  #underWay = 0
  #idle: PromiseWithResolvers<void> | undefined

  constructor(parts: FillerParts) {
    this.#parts = parts
  }

  /**
   * Loads the keys into `found`, has those that were granted filled and their leadership ended. Does not wait for
   * that: what was loaded is right whether Redis takes it or not, and what is read next is sent after it. Only when much
   * is under way, it does.
   */
  async load<Key extends AnyKey>(
    found: Found,
    keys: readonly Key[],
    load: Load<Key>,
    grant?: Grant,
  ): Promise<void> {
    if (keys.length === 0) return
    const { singleFlight, counters } = this.#parts
    const began = performance.now()
    let loaded: Map<string, Loaded> | undefined
    let ended: Promise<unknown> | undefined
    try {
      loaded = await singleFlight.load(keys, load)
      for (const key of keys) {
        const row = loaded.get(key.key)?.row(key)
        if (row) found.add(key, row.value)
      }
      counters.loadedKeys += keys.length
    } finally {
      if (grant) ended = this.#end(grant, loaded, performance.now() - began)
    }
    if (this.#underWay > MOST_UNDER_WAY) await ended
  }

  /** Resolves when nothing is being filled. */
  async idle(): Promise<void> {
    if (this.#underWay > 0) this.#idle ??= Promise.withResolvers()
    await this.#idle?.promise
  }

  /** Fills what was loaded, gives back what was not. Never rejects. */
  #end(grant: Grant, loaded: Map<string, Loaded> | undefined, costMs: number): Promise<unknown> {
    const { protocol } = this.#parts
    const { token, keys } = grant
    const fills: Fill[] = []
    const left: AnyKey[] = []
    for (const key of keys) {
      const payload = this.#encode(key, loaded, costMs)
      if (payload) fills.push({ key, payload })
      else left.push(key)
    }
    const lead = grant.lead.handOver(keys)
    const filling = inBatches(fills, ({ payload }) => payload.text.length).map(async (batch) => {
      if (!(await this.#done(protocol.fill(batch, token)))) this.#parts.counters.refusedFills += batch.length
      for (const { key } of batch) lead.end(key.key, "look")
    })
    const releasing = inBatches(left).map(async (batch) => {
      await this.#done(protocol.release(batch, token))
      for (const { key } of batch) lead.end(key, "load")
    })
    return Promise.all([...filling, ...releasing])
  }

  /** Undefined for what was not loaded, or cannot be cached: that must not keep the others out. */
  #encode(key: AnyKey, loaded: Map<string, Loaded> | undefined, costMs: number): Payload | undefined {
    const row = loaded?.get(key.key)?.row(key)
    try {
      return row && encode(key.policy, row, costMs)
    } catch {
      this.#parts.counters.refusedFills += 1
      return undefined
    }
  }

  /** Whether Redis did it. What cannot be filled now is filled by a later reader. */
  async #done(command: Promise<void>): Promise<boolean> {
    this.#underWay += 1
    try {
      await command
      return true
    } catch {
      return false
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) {
        this.#idle?.resolve()
        this.#idle = undefined
      }
    }
  }
}
