import { createShelf } from "./shelf.ts"
import type { Stored } from "./stored.ts"

/** What is awaited from Redis under one key. */
export type Ticket = object

/**
 * Values that this process answers without asking Redis, as long as it is sure to have heard of everything that
 * changed them.
 */
export interface FirstLevel {
  /** @param moment by the clock that is given */
  get(key: string, moment: number): Stored | undefined
  /** Before Redis is asked for the key. */
  expect(key: string): Ticket
  /** What Redis answered; kept only if nothing was heard of the key, nor the connection lost, since `expect`. */
  keep(key: string, ticket: Ticket, stored: Stored): void
  /** Nothing is kept of what was expected. */
  release(key: string, ticket: Ticket): void
  /** The key's value has changed or gone. */
  drop(key: string): void
  /** Whatever may have been missed: everything goes. */
  flush(): void
  /** All that changed before this moment, by the clock that is given, has been heard of. */
  heardUntil(moment: number): void
  /** What is kept takes, estimated. */
  readonly bytes: number
}

/**
 * How long after it was sure to have heard of all changes a process answers by itself. It is what a writer waits
 * before its client is told, so that by then no process answers what was there before.
 */
export const FIRST_LEVEL_MS = 100
/** Clocks of two machines may run so differently. */
export const FIRST_LEVEL_WAIT_MS = FIRST_LEVEL_MS * 1.1
/**
 * @param maxBytes what is kept, estimated
 * @param now milliseconds of a clock that never goes back
 */
export function createFirstLevel(maxBytes: number, now: () => number = () => performance.now()): FirstLevel {
  const shelf = createShelf(maxBytes)
  const expected = new Map<string, Ticket>()
  let sureUntil = Number.NEGATIVE_INFINITY

  return {
    get: (key, moment) => (moment < sureUntil ? shelf.get(key, moment) : undefined),
    expect(key) {
      const ticket = expected.get(key) ?? {}
      expected.set(key, ticket)
      return ticket
    },
    keep(key, ticket, stored) {
      if (expected.get(key) !== ticket) return
      expected.delete(key)
      // An absence is not kept: nobody would be told of what is put there for the first time.
      if (stored.value !== null) shelf.put(key, stored, now())
    },
    release(key, ticket) {
      if (expected.get(key) === ticket) expected.delete(key)
    },
    drop(key) {
      expected.delete(key)
      shelf.remove(key)
    },
    flush() {
      expected.clear()
      shelf.clear()
      sureUntil = Number.NEGATIVE_INFINITY
    },
    heardUntil(moment) {
      sureUntil = Math.max(sureUntil, moment + FIRST_LEVEL_MS)
    },
    get bytes() {
      return shelf.bytes
    },
  }
}
