import { setTimeout as sleep } from "node:timers/promises"
import type { Sql } from "postgres"
import type { Claims } from "../load/claims.ts"
import type { Member } from "../load/member.ts"
import type { ChaosSystem } from "../system/chaos-system.ts"
import { checkAnswers } from "./answers.ts"
import { checkClaims } from "./claimed-rows.ts"
import { checkCounts } from "./counts.ts"
import { checkGone } from "./gone-accounts.ts"
import { checkPhotos } from "./photos.ts"
import { checkQueue } from "./queue.ts"
import { checkDead, checkStuck } from "./stuck.ts"
import { type Violation, violating } from "./violation.ts"

/** How long after the last fault everything has to be over. */
export const SETTLED_WITHIN_MS = 60_000

/** A process that has just thawed may still have a request from before, of which nobody but itself knows. */
const QUIET_MS = 2_000

/**
 * Waits until no job, no photo and no like is under way, and until the queue has let go of the jobs that are over: one whose
 * row is gone may still be working, and of one whose process died then, nobody but Redis knows for a few seconds. It has
 * to stay so for a while.
 * @returns after how long nothing was left, and what was still there in the end
 */
export async function untilSettled(
  { system }: ChaosSystem,
  sql: Sql,
): Promise<{ ms: number; stuck: Violation[] }> {
  const begin = performance.now()
  for (let ms = 0; ; await sleep(100)) {
    const stuck = [...(await checkStuck(sql)), ...(await checkQueue(system.stores.REDIS_QUEUE_URL))]
    const now = performance.now() - begin
    if (stuck.length > 0) ms = now
    if (now - ms > QUIET_MS || ms > SETTLED_WITHIN_MS) return { ms, stuck }
  }
}

/**
 * Waits until every photo has its AVIF, which workers make while there is time.
 * @returns how many have not after that long
 */
export async function untilRefined(sql: Sql, withinMs: number): Promise<number> {
  const begin = performance.now()
  for (;;) {
    const [row] = await sql<{ left: number }[]>`select count(refine_at)::int as left from media`
    const left = row?.left ?? 0
    if (left === 0 || performance.now() - begin > withinMs) return left
    await sleep(250)
  }
}

/** Everything that has to hold at rest. */
export async function checkAll(
  { system }: ChaosSystem,
  sql: Sql,
  claims: Claims,
  members: readonly Member[],
): Promise<Violation[]> {
  const poison = (id: string) => claims.uploads.get(id)?.poison ?? false
  const deleted = [...claims.deleted]
  const here = members.filter(({ id }) => !claims.gone.has(id))
  const found = await Promise.all([
    checkClaims(sql, claims),
    checkPhotos(sql, system.blobDir, claims),
    checkCounts(sql),
    checkDead(sql, poison, claims.gone),
    checkGone(sql, claims),
    checkAnswers({ sql, home: system.gatewayUrl, members: here, deleted }),
  ])
  return [...found.flat(), ...claims.oddities.map(violating("answers equal the database"))]
}
