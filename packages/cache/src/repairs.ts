import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "@tintype/observe"

/** Writes of this process that Redis may not have heard of. */
export interface Repairs {
  /** Whether what the cache holds under this key may be older than a write of this process. */
  owes(key: string): boolean
  owe(key: string): void
  stop(): Promise<void>
}

const EVERY_MS = 200
const MOST = 10_000

/**
 * Tells Redis to forget what it owes as soon as Redis can be told. Beyond 10,000 keys nothing is added: a value
 * that was marked is absent anyway, and for one that was not the writer's transaction recorded a repair.
 *
 * @param forget resolves when the key's value is gone from Redis
 */
export function createRepairs(log: Logger, forget: (key: string) => Promise<unknown>): Repairs {
  // The value tells apart a key that is owed again while its repair is under way.
  const owed = new Map<string, symbol>()
  const stopping = new AbortController()
  let loop: Promise<void> | undefined

  const repair = async (key: string, debt: symbol) => {
    await forget(key)
    if (owed.get(key) === debt) owed.delete(key)
  }
  const repairAll = () => Promise.allSettled([...owed].map(([key, debt]) => repair(key, debt)))

  const run = async () => {
    while (owed.size > 0 && !stopping.signal.aborted) {
      await sleep(EVERY_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
      await repairAll()
    }
    loop = undefined
  }
  return {
    owes: (key) => owed.size > 0 && owed.has(key),
    owe(key) {
      if (owed.size >= MOST) return log.warn({ key }, "too many cache repairs: one is left to its job")
      owed.set(key, Symbol(key))
      loop ??= run()
    },
    async stop() {
      stopping.abort()
      await loop
    },
  }
}
