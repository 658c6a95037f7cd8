import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "@tintype/observe"

/** Writes of this process that Redis may not have heard of. */
export interface Repairs {
  /** Whether there is no such key. */
  readonly none: boolean
  /** Whether what the cache holds under this key may be older than a write of this process. */
  owes(key: string): boolean
  /** Resolves when Redis was told; never, when there were too many. */
  owe(key: string): Promise<void>
  /** Resolves when nothing is owed. */
  idle(): Promise<void>
  stop(): Promise<void>
}

const EVERY_MS = 200
const MOST = 10_000

const pauseShortly = (signal: AbortSignal): Promise<unknown> =>
  sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined)

/**
 * Tells Redis to forget what it owes as soon as Redis can be told. Beyond 10,000 keys nothing is added: those are
 * left to the repairs that are recorded in the database.
 *
 * @param forget resolves when the key's value is gone from Redis
 */
export function createRepairs(
  log: Logger,
  forget: (key: string) => Promise<unknown>,
  pause: (signal: AbortSignal) => Promise<unknown> = pauseShortly,
): Repairs {
  // The value tells apart a key that is owed again while its repair is under way.
  const owed = new Map<string, PromiseWithResolvers<void>>()
  const stopping = new AbortController()
  let loop: Promise<void> | undefined

  const repair = async (key: string, debt: PromiseWithResolvers<void>) => {
    await forget(key)
    if (owed.get(key) === debt) owed.delete(key)
    debt.resolve()
  }
  const run = async () => {
    while (owed.size > 0 && !stopping.signal.aborted) {
      await Promise.allSettled([...owed].map(([key, debt]) => repair(key, debt)))
      if (owed.size > 0) await pause(stopping.signal)
    }
    loop = undefined
  }
  return {
    get none() {
      return owed.size === 0
    },
    owes: (key) => owed.has(key),
    owe(key) {
      const debt = Promise.withResolvers<void>()
      const earlier = owed.get(key)
      if (!earlier && owed.size >= MOST) {
        log.warn({ key }, "too many cache repairs: one is left to its job")
        return debt.promise
      }
      // What repairs a later write repairs the earlier one as well.
      if (earlier) void debt.promise.then(earlier.resolve)
      owed.set(key, debt)
      loop ??= run()
      return debt.promise
    },
    async idle() {
      await loop
    },
    async stop() {
      stopping.abort()
      await loop
    },
  }
}
