import type { CacheCounters } from "./counters.ts"
import type { CacheKey } from "./define-entry.ts"
import type { Filler } from "./filler.ts"
import type { Lead, Leaders } from "./leaders.ts"
import type { Protocol } from "./protocol.ts"
import type { Load } from "./single-flight.ts"
import type { Stored } from "./stored.ts"
import { Found } from "./versioned.ts"

/**
 * How long before it is due a value is renewed, in ms: the longer it took to load and the more often it is read,
 * the earlier, so that a hot value never goes cold (Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache
 * Stampede Prevention, VLDB 2015).
 */
export const xfetch = (costMs: number): number => -costMs * Math.log(1 - Math.random())

/** Values that are renewed at the same time in this process; what comes on top is served as it is. */
const MOST = 64

export interface RenewalsParts {
  protocol: Protocol
  filler: Filler
  leaders: Leaders
  counters: CacheCounters
  newToken: () => string
  /** How many ms before it is due a value is renewed. */
  earlyMs: (costMs: number) => number
}

/** A value that was served, and how early it may be renewed. */
export interface Due<Key> {
  key: Key
  earlyMs: number
}

/** Renews values behind the backs of those who read them: stale-while-revalidate. */
export class Renewals {
  readonly #parts: RenewalsParts
  readonly #running = new Set<Promise<void>>()
  #keys = 0
  #stopped = false

  constructor(parts: RenewalsParts) {
    this.#parts = parts
  }

  /** How early the value may be renewed, if it shall be. @param now milliseconds since 1970 */
  wants({ dueAt, costMs }: Stored, now: number): number | undefined {
    if (dueAt === 0 || this.#stopped) return undefined
    if (now >= dueAt) this.#parts.counters.staleServes += 1
    const earlyMs = this.#parts.earlyMs(costMs)
    return now + earlyMs >= dueAt ? earlyMs : undefined
  }

  /** Returns at once; a renewal that fails leaves the value as it is. */
  start<Key extends CacheKey<unknown>>(due: readonly Due<Key>[], load: Load<Key>): void {
    const { leaders } = this.#parts
    const eachOnce = new Map(due.map((each) => [each.key.key, each]))
    const free = [...eachOnce.values()]
      .filter(({ key }) => !leaders.has(key.key))
      .slice(0, Math.max(0, MOST - this.#keys))
    if (free.length === 0) return
    const lead = leaders.begin(free.map(({ key }) => key))
    this.#keys += free.length
    const work = this.#renew(free, load, lead)
      .catch(() => undefined)
      .finally(() => {
        lead.endAll("look")
        this.#keys -= free.length
        this.#running.delete(work)
      })
    this.#running.add(work)
  }

  async #renew<Key extends CacheKey<unknown>>(
    due: readonly Due<Key>[],
    load: Load<Key>,
    lead: Lead,
  ): Promise<void> {
    const { protocol, filler, counters, newToken } = this.#parts
    const token = newToken()
    const replies = await Promise.all(
      due.map(({ key, earlyMs }) => protocol.renew(key, token, earlyMs).catch(() => false)),
    )
    const keys = due.flatMap(({ key }, index) => (replies[index] ? [key] : []))
    for (const [index, { key }] of due.entries()) if (!replies[index]) lead.end(key.key, "look")
    counters.renewals += keys.length
    await filler.load(new Found(), keys, load, { token, keys, lead })
  }

  /** Resolves when nothing is being renewed. */
  async idle(): Promise<void> {
    await Promise.all(this.#running)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.idle()
  }
}
