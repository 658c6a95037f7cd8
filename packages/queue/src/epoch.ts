import { type Db, queueEpoch } from "@tintype/db"
import type { Redis } from "ioredis"
import type { QueueKeys } from "./redis.ts"
import { within } from "./within.ts"

const ANSWER_MS = 500
/** How long a repair belongs to one process unless it renews it. */
const REPAIR_MS = 15_000

/**
 * Notices that the queue's Redis has lost jobs. It holds the value that Postgres holds: if not, it was wiped or is
 * another one. And it counts the sweepers' ticks: when the count has gone back since this process saw it, an older copy
 * has taken its place, as after a failover to a replica that lagged.
 */
export interface Epoch {
  /** Whether jobs that were sent may be missing, and it is on this process to send them again. */
  claimRepair(): Promise<boolean>
  renewRepair(): Promise<void>
  /** The repair broke off: whoever looks next goes on with it. */
  releaseRepair(): Promise<void>
  /** Everything has been sent again. */
  repaired(): Promise<void>
}

async function readEpoch(db: Db): Promise<string> {
  await db.insert(queueEpoch).values({ id: 1 }).onConflictDoNothing()
  const [row] = await db.select({ value: queueEpoch.value }).from(queueEpoch).limit(1)
  if (!row) throw new Error("the queue has no epoch")
  return row.value
}

export function createEpoch(db: Db, redis: Redis, keys: QueueKeys): Epoch {
  let expected: string | undefined
  let lastTick = 0

  return {
    async claimRepair() {
      expected ??= await readEpoch(db)
      const [found, tick] = await within(
        ANSWER_MS,
        Promise.all([redis.get(keys.epoch), redis.incr(keys.ticks)]),
      )
      const wentBack = tick <= lastTick
      lastTick = tick
      // Written down, lest it be forgotten when this process dies before the repair is done.
      if (wentBack && found !== null) await within(ANSWER_MS, redis.del(keys.epoch))
      if (found === expected && !wentBack) return false
      const claim = redis.set(keys.repair, expected, "PX", REPAIR_MS, "NX")
      return (await within(ANSWER_MS, claim)) === "OK"
    },
    async renewRepair() {
      await within(ANSWER_MS, redis.pexpire(keys.repair, REPAIR_MS))
    },
    async releaseRepair() {
      await within(ANSWER_MS, redis.del(keys.repair))
    },
    async repaired() {
      const stored = redis.set(keys.epoch, expected ?? "")
      await within(ANSWER_MS, Promise.all([stored, redis.del(keys.repair)]))
    },
  }
}
