import type { Logger } from "@tintype/observe"
import type { CacheCounters } from "./counters.ts"
import type { CacheKey } from "./define-entry.ts"
import type { Protocol } from "./protocol.ts"
import type { Load } from "./single-flight.ts"
import { UNKEPT } from "./stored.ts"

export interface SamplerParts {
  protocol: Protocol
  counters: CacheCounters
  log: Logger
  /** One in so many hits; 0 for none. */
  every: number
  /** How long after one comparison began the next one may. */
  pauseMs: number
  /** Milliseconds of a clock that never goes back. */
  now: () => number
}

/** Compares some of the hits with the database, behind their readers. */
export class Sampler {
  readonly #parts: SamplerParts
  #running: Promise<void> | undefined
  #free = Number.NEGATIVE_INFINITY

  constructor(parts: SamplerParts) {
    this.#parts = parts
  }

  /** Told of every hit. Compares one at a time, and not more often than it may: each costs a statement. */
  see<Key extends CacheKey<unknown>>(key: Key, load: Load<Key>): void {
    const { every, pauseMs, now } = this.#parts
    if (every === 0 || this.#running || Math.random() * every >= 1) return
    const moment = now()
    if (moment < this.#free) return
    this.#free = moment + pauseMs
    this.#running = this.#compare(key, load)
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined
      })
  }

  /**
   * The database first, then Redis: a write takes the value away before it commits and puts it back afterwards, so
   * that whatever is there after its version was seen must not be older.
   */
  async #compare<Key extends CacheKey<unknown>>(key: Key, load: Load<Key>): Promise<void> {
    const { protocol, counters, log } = this.#parts
    const { version } = (await load([key])).row(key)
    const [cached] = await protocol.get([key])
    counters.compared += 1
    if (!cached || cached.value === UNKEPT || cached.version >= version) return
    counters.foundStale += 1
    log.error({ key: key.key, cached: cached.version, version }, "the cache held an old value: dropped")
    await protocol.forget(key.key)
  }

  /** Resolves when nothing is being compared. */
  async idle(): Promise<void> {
    await this.#running
  }
}
