import { openDatabase } from "@tintype/db"
import type { Sql } from "postgres"
import { checkAll, untilRefined, untilSettled } from "./check/check-all.ts"
import type { Violation } from "./check/violation.ts"
import { planFaults } from "./faults/plan.ts"
import { type Unleashed, unleash } from "./faults/unleash.ts"
import { type Claims, noClaims } from "./load/claims.ts"
import { type Member, openSignUps } from "./load/member.ts"
import { makePhotos } from "./load/photos.ts"
import { runLoad } from "./load/run-load.ts"
import { createRandom } from "./random.ts"
import type { ChaosSystem } from "./system/chaos-system.ts"
import { createEffects } from "./system/jobs.ts"
import { tidy } from "./system/tidy.ts"

export interface StormOptions {
  seed: number
  /** Operations of members and producers, each of which leads to a job. */
  jobs: number
  faults: number
  /** Mean time between the beginnings of two faults. */
  everyMs: number
  members: number
  /** How long AVIF may take at rest: workers that have something else to do make none. */
  refinedWithinMs: number
  say: (message: string) => void
}

export interface Storm {
  claims: Claims
  faults: Unleashed
  loadMs: number
  /** From the end of the last fault and the last operation until nothing was under way any more. */
  settledMs: number
  /** Half-done things that were left for the schedules. */
  tidied: Record<string, number>
  violations: Violation[]
}

async function signUpMembers(home: string, count: number): Promise<Member[]> {
  const signUp = await openSignUps(home)
  const members: Member[] = []
  for (let index = 0; index < count; index++) members.push(await signUp(`member_${index}`))
  return members
}

/** Makes what the harness's own jobs write to. */
export async function prepareJobs({ system }: ChaosSystem): Promise<void> {
  const { db, close } = openDatabase({ url: system.stores.DATABASE_URL, poolSize: 1 })
  await createEffects(db)
  await close()
}

/** Members and producers at work while everything fails, and what is true after it. */
export async function storm(chaos: ChaosSystem, sql: Sql, options: StormOptions): Promise<Storm> {
  const { seed, say, everyMs } = options
  const { system } = chaos
  const random = createRandom(seed)
  const claims = noClaims()
  const members = await signUpMembers(system.gatewayUrl, options.members)
  const photos = await makePhotos(12)
  const plan = planFaults(random.fork("faults"), { count: options.faults, everyMs })
  const ms = plan.reduce((sum, { afterMs }) => sum + afterMs, 0)
  say(`${options.jobs} operations and ${plan.length} faults in ${Math.round(ms / 1000)} s`)
  const begin = performance.now()
  const load = { members, photos, claims, count: options.jobs, ms, random: random.fork("load") }
  const [faults] = await Promise.all([unleash(chaos, plan, say), runLoad(chaos, load)])
  const loadMs = performance.now() - begin
  say("the last fault and the last operation are over")
  const { ms: settledMs, stuck } = await untilSettled(chaos, sql)
  const unrefined = await untilRefined(sql, options.refinedWithinMs)
  const tidied = { ...(await tidy(chaos)), "photos without AVIF": unrefined }
  say("checking what has to hold")
  const violations = [...stuck, ...(await checkAll(chaos, sql, claims, members))]
  return { claims, faults, loadMs, settledMs, tidied, violations }
}
