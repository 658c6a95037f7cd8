import type { Stored } from "./stored.ts"

/** What is awaited from Redis under one key. */
export type Ticket = object

/**
 * Values that this process answers without asking Redis, as long as it is sure to have heard of everything that
 * changed them.
 */
export interface FirstLevel {
  get(key: string): Stored | undefined
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
/** Nothing is kept for longer, whatever is heard. */
const MOST_MS = 5000
/** What an object takes beside its text, about. */
const OVERHEAD = 300

interface Kept {
  stored: Stored
  until: number
}

/** The same object goes to many readers, so that none of them may change it. */
export function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const each of Object.values(value)) freeze(each)
}

const sizeOf = ({ characters }: Stored) => 2 * characters + OVERHEAD

/**
 * @param maxBytes what is kept, estimated; what was not asked for the longest goes first
 * @param now milliseconds of a clock that never goes back
 */
export function createFirstLevel(maxBytes: number, now: () => number = () => performance.now()): FirstLevel {
  // A map keeps the order in which its keys were set: the oldest comes first.
  const kept = new Map<string, Kept>()
  const expected = new Map<string, Ticket>()
  let bytes = 0
  let sureUntil = Number.NEGATIVE_INFINITY

  const remove = (key: string) => {
    const entry = kept.get(key)
    if (!entry) return
    kept.delete(key)
    bytes -= sizeOf(entry.stored)
  }
  return {
    get(key) {
      const entry = kept.get(key)
      if (!entry) return undefined
      const moment = now()
      if (moment >= sureUntil) return undefined
      kept.delete(key)
      if (moment < entry.until) kept.set(key, entry)
      else bytes -= sizeOf(entry.stored)
      return moment < entry.until ? entry.stored : undefined
    },
    expect(key) {
      const ticket = expected.get(key) ?? {}
      expected.set(key, ticket)
      return ticket
    },
    keep(key, ticket, stored) {
      if (expected.get(key) !== ticket) return
      expected.delete(key)
      // An absence is not kept: nobody would be told of what is put there for the first time.
      if (stored.value === null || sizeOf(stored) > maxBytes / 10) return
      remove(key)
      freeze(stored.value)
      kept.set(key, { stored, until: now() + MOST_MS })
      bytes += sizeOf(stored)
      for (const oldest of kept.keys()) if (bytes > maxBytes) remove(oldest)
    },
    release(key, ticket) {
      if (expected.get(key) === ticket) expected.delete(key)
    },
    drop(key) {
      expected.delete(key)
      remove(key)
    },
    flush() {
      expected.clear()
      kept.clear()
      bytes = 0
      sureUntil = Number.NEGATIVE_INFINITY
    },
    heardUntil(moment) {
      sureUntil = Math.max(sureUntil, moment + FIRST_LEVEL_MS)
    },
    get bytes() {
      return bytes
    },
  }
}
