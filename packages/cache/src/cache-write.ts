import type { CacheKey } from "./define-entry.ts"
import type { Protocol } from "./protocol.ts"
import type { Repairs } from "./repairs.ts"
import { checkVersion, type Versioned } from "./versioned.ts"

/** What one cached value becomes by a transaction. */
export interface Change {
  key: CacheKey<unknown>
  next: Versioned<unknown>
}

/** A write under way, between `beginWrite` and the end of its transaction. Neither function throws. */
export interface CacheWrite {
  /** False when Redis could not be told: the caller records a repair (`forget`) in its transaction. */
  readonly marked: boolean
  /** After COMMIT. One round trip. */
  publish(): Promise<void>
  /**
   * After ROLLBACK. Not when the outcome of COMMIT is unknown (the connection broke): then neither is called, and
   * the mark keeps the values out of the cache until the database has certainly decided.
   */
  abandon(): Promise<void>
}

/** A row may be changed twice in one transaction: only what it is in the end counts. */
function last(changes: readonly Change[]): Change[] {
  const byKey = new Map<string, Change>()
  for (const change of changes) {
    checkVersion(change.next.version)
    const earlier = byKey.get(change.key.key)
    if (!earlier || earlier.next.version <= change.next.version) byKey.set(change.key.key, change)
  }
  return [...byKey.values()]
}

export async function beginWrite(
  protocol: Protocol,
  repairs: Repairs,
  token: string,
  changes: readonly Change[],
): Promise<CacheWrite> {
  const writes = last(changes)
  const marks = await Promise.allSettled(writes.map(({ key }) => protocol.begin(key, token)))
  return {
    marked: marks.every(({ status }) => status === "fulfilled"),
    async publish() {
      const published = await Promise.allSettled(
        writes.map(({ key, next }, index) =>
          protocol.publish(key, token, next, marks[index]?.status === "fulfilled"),
        ),
      )
      for (const [index, { key }] of writes.entries()) {
        if (published[index]?.status === "rejected") repairs.owe(key.key)
      }
    },
    async abandon() {
      // A mark that cannot be taken away ends by itself.
      await Promise.allSettled(writes.map(({ key }) => protocol.abandon(key, token)))
    },
  }
}
