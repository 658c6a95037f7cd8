import type { CacheKey } from "./define-entry.ts"
import { Loaded } from "./versioned.ts"

/** More loads wait than can be served soon: better to refuse than to let them pile up. */
export class LoadsExhausted extends Error {
  override readonly name = "LoadsExhausted"
}

export type Load<Key> = (missing: readonly Key[]) => Promise<Loaded>

export interface SingleFlight {
  /** Loads each key once for all who ask at about the same time. Resolves with the loads that cover the keys. */
  load<Key extends CacheKey<unknown>>(keys: readonly Key[], load: Load<Key>): Promise<Map<string, Loaded>>
}

/** Lets `places` run at once and `queue` wait; the wait ends as soon as one that runs does. */
function createGate(places: number, queue: number) {
  let free = places
  const waiting: (() => void)[] = []
  return {
    async enter() {
      if (free > 0) free -= 1
      else if (waiting.length >= queue) throw new LoadsExhausted(`${waiting.length} loads are waiting`)
      else await new Promise<void>((resolve) => waiting.push(resolve))
    },
    leave() {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    },
  }
}

interface Flight {
  loaded: Promise<Loaded>
}

/**
 * At most one load runs per key. Who comes while it runs does not share it, since it may have read the database
 * before a write that was acknowledged by now, but shares the next one, which starts when it has ended.
 *
 * @param places loads that run at once in this process
 * @param queue loads that may wait for a place
 */
export function createSingleFlight(places: number, queue: number): SingleFlight {
  const gate = createGate(places, queue)
  const next = new Map<string, Flight>()
  const running = new Map<string, Flight>()

  async function fly<Key extends CacheKey<unknown>>(flight: Flight, keys: readonly Key[], load: Load<Key>) {
    await Promise.allSettled(keys.map(({ key }) => running.get(key)?.loaded))
    try {
      await gate.enter()
    } finally {
      for (const { key } of keys) next.delete(key)
    }
    for (const { key } of keys) running.set(key, flight)
    try {
      return await load(keys)
    } finally {
      for (const { key } of keys) running.delete(key)
      gate.leave()
    }
  }

  return {
    async load(keys, load) {
      const own = keys.filter(({ key }) => !next.has(key))
      const flight: Flight = { loaded: Promise.resolve(new Loaded()) }
      if (own.length > 0) flight.loaded = fly(flight, own, load)
      for (const { key } of own) next.set(key, flight)
      const flights = keys.flatMap(({ key }) => next.get(key) ?? [])
      const loaded = await Promise.all(flights.map((each) => each.loaded))
      return new Map(
        keys.flatMap(({ key }, index) => {
          const rows = loaded[index]
          return rows ? [[key, rows]] : []
        }),
      )
    },
  }
}
