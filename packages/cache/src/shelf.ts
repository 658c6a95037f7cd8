import type { Stored } from "./stored.ts"

/** The values that a first level keeps: so many bytes, and each for a few seconds at most. */
export interface Shelf {
  /** @param moment milliseconds of a clock that never goes back, as all of them */
  get(key: string, moment: number): Stored | undefined
  put(key: string, stored: Stored, moment: number): void
  remove(key: string): void
  clear(): void
  readonly bytes: number
}

/** Nothing is kept for longer. */
const MOST_MS = 5000
/** What an object takes beside its text, about. */
const OVERHEAD = 300
/** Of those that were asked for lately, so many at most are passed over to make room for one. */
const CHANCES = 16

interface Kept {
  stored: Stored
  until: number
  /** Since it was put, or passed over. */
  asked: boolean
}

/** The same object goes to many readers, so that none of them may change it. */
export function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const each of Object.values(value)) freeze(each)
}

const sizeOf = ({ characters }: Stored) => 2 * characters + OVERHEAD

/** Until it is due for renewal, which is for who asks Redis. */
const lifeOf = ({ dueAt }: Stored) => (dueAt === 0 ? MOST_MS : Math.min(MOST_MS, dueAt - Date.now()))

/** @param maxBytes estimated; of what was not asked for lately the oldest goes first (Corbató's clock) */
export function createShelf(maxBytes: number): Shelf {
  // A map keeps the order in which its keys were set: the oldest comes first.
  const kept = new Map<string, Kept>()
  let bytes = 0

  const remove = (key: string) => {
    const entry = kept.get(key)
    if (!entry) return
    kept.delete(key)
    bytes -= sizeOf(entry.stored)
  }
  const makeRoom = (size: number) => {
    let chances = CHANCES
    for (const [key, entry] of kept) {
      if (bytes + size <= maxBytes) return
      kept.delete(key)
      if (entry.asked && chances-- > 0) kept.set(key, { ...entry, asked: false })
      else bytes -= sizeOf(entry.stored)
    }
  }
  return {
    get(key, moment) {
      const entry = kept.get(key)
      if (!entry || moment >= entry.until) return undefined
      entry.asked = true
      return entry.stored
    },
    put(key, stored, moment) {
      remove(key)
      const size = sizeOf(stored)
      if (size > maxBytes / 10) return
      makeRoom(size)
      freeze(stored.value)
      kept.set(key, { stored, until: moment + lifeOf(stored), asked: false })
      bytes += size
    },
    remove,
    clear() {
      kept.clear()
      bytes = 0
    },
    get bytes() {
      return bytes
    },
  }
}
