import type { CacheKey } from "./define-entry.ts"
import { FIRST_LEVEL_WAIT_MS, type FirstLevel } from "./first-level.ts"
import type { Ledger } from "./ledger.ts"
import type { Protocol } from "./protocol.ts"
import type { Repairs } from "./repairs.ts"
import { checkVersion, type Versioned } from "./versioned.ts"

/** What one cached value becomes by a transaction. */
export interface Change {
  key: CacheKey<unknown>
  next: Versioned<unknown>
}

/** Commits keys to where the ledger reads them, together with a repair (`forget`) that ends in taking them out. */
export type RecordOwed = (keys: readonly string[]) => Promise<unknown>

/** A write under way, between `beginWrite` and the end of its transaction. */
export interface CacheWrite {
  /** False when Redis could not be told: the caller records the keys in its transaction. */
  readonly marked: boolean
  /**
   * After COMMIT, and before its client is told. One round trip. When Redis does not answer: as long as it takes
   * until it does or every process knows not to believe it (550 ms).
   *
   * @param record for what was marked and cannot be published; what was not is recorded by then
   * @throws what `record` throws: then the client must not be told that all went well
   */
  publish(record?: RecordOwed): Promise<void>
  /**
   * Does not throw.
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

export interface WriteParts {
  protocol: Protocol
  repairs: Repairs
  ledger: Ledger
  firstLevel: FirstLevel | undefined
  now: () => number
  /** Waits as many milliseconds. */
  wait: (ms: number) => Promise<unknown>
}

export async function beginWrite(
  { protocol, repairs, ledger, firstLevel, now, wait }: WriteParts,
  token: string,
  changes: readonly Change[],
): Promise<CacheWrite> {
  const writes = last(changes)
  const kept = writes.filter(({ key }) => key.policy.firstLevel)
  const drop = () => {
    for (const { key } of kept) firstLevel?.drop(key.key)
  }
  drop()
  const marks = await Promise.allSettled(writes.map(({ key }) => protocol.begin(key, token)))
  const marked = marks.every(({ status }) => status === "fulfilled")
  const markedAt = marked ? now() : undefined
  /** Resolves when no process answers by itself what was there before Redis was told, then or just now. */
  const outlast = async (toldAt: number) => {
    const left = toldAt + FIRST_LEVEL_WAIT_MS - now()
    if (kept.length > 0 && left > 0) await wait(left)
  }
  /** Resolves when nobody who begins to read believes Redis about the keys. */
  const tellAll = async (keys: readonly string[], record: RecordOwed | undefined) => {
    if (marked) await record?.(keys)
    await wait(ledger.waitMs)
  }
  return {
    marked,
    async publish(record) {
      drop()
      const published = await Promise.allSettled(
        writes.map(({ key, next }, index) =>
          protocol.publish(key, token, next, marks[index]?.status === "fulfilled"),
        ),
      )
      const hidden = writes.filter((_, index) => published[index]?.status === "rejected")
      // Where a mark was lost, what was there before may have been filled, and kept by others, until just now.
      const stood = published.every((each) => each.status === "fulfilled" && each.value)
      if (hidden.length === 0) return outlast(markedAt !== undefined && stood ? markedAt : now())
      const keys = hidden.map(({ key }) => key.key)
      const repaired = Promise.all(keys.map((key) => repairs.owe(key))).then(() => outlast(now()))
      if (ledger.waitMs > 0) await Promise.race([repaired, tellAll(keys, record)])
    },
    async abandon() {
      // A mark that cannot be taken away ends by itself.
      await Promise.allSettled(writes.map(({ key }) => protocol.abandon(key, token)))
    },
  }
}
