import { setTimeout as sleep } from "node:timers/promises"
import type { System } from "@tintype/dev"
import { sql } from "drizzle-orm"
import { openBenchContext } from "../bench-context.ts"
import { atRate } from "./at-rate.ts"
import { watchProcessors } from "./load-watch.ts"

/** One kind of call. */
export interface Call {
  /** At the full rate. */
  perSecond: number
  work: () => Promise<unknown>
}

export type Calls = Record<"photo" | "like" | "read", Call>

const MEASURED_MS = 8_000
/** What runs behind what was answered ends, and its cost is not the next kind's. */
const SETTLING_MS = 1_500
const CHILDREN = "its children"

/** Milliseconds of the processor by process, those that it started by themselves, while `work` runs. */
async function usedBy(system: System, work: () => Promise<unknown>) {
  const used = watchProcessors(system)
  await work()
  await sleep(SETTLING_MS)
  const rows = [...used()].flatMap(([label, { own, children }]) => [
    [label, own] as const,
    [`${label}: ${CHILDREN}`, children] as const,
  ])
  return new Map(rows.filter(([label, ms]) => ms > 0 || !label.endsWith(CHILDREN)))
}

/**
 * AVIF is made whenever the machine has time, so that some of it would be in every figure: meanwhile it is put off.
 */
async function withoutAvif<T>(system: System, work: () => Promise<T>): Promise<T> {
  const { ctx, close } = openBenchContext(system)
  await ctx.db.execute(sql`
    create function put_avif_off() returns trigger language plpgsql
    as $$ begin new.refine_at := now() + interval '1 day'; return new; end $$`)
  await ctx.db.execute(sql`
    create trigger put_avif_off before insert or update on media for each row when (new.refine_at is not null)
    execute function put_avif_off()`)
  await ctx.db.execute(sql`update media set refine_at = refine_at where refine_at is not null`)
  await sleep(SETTLING_MS)
  try {
    return await work()
  } finally {
    await ctx.db.execute(sql`drop function put_avif_off cascade`)
    await ctx.db.execute(sql`update media set refine_at = now() where refine_at is not null`)
    await close()
  }
}

/**
 * What one call of each kind costs, asked for alone at `share` of its rate: the processor's time by process, what the
 * process uses at rest taken off. Told in milliseconds, which hold on a machine that others use as well.
 */
export const measureCosts = (system: System, calls: Calls, share: number) =>
  withoutAvif(system, () => costsOf(system, calls, share))

async function costsOf(
  system: System,
  calls: Calls,
  share: number,
): Promise<Record<string, Record<string, number>>> {
  const began = performance.now()
  const resting = await usedBy(system, () => sleep(MEASURED_MS))
  const restingSeconds = (performance.now() - began) / 1000
  const columns: [string, Map<string, number>, perSecond: number][] = []
  for (const [name, { perSecond, work }] of Object.entries(calls)) {
    const begin = performance.now()
    let done = 0
    const used = await usedBy(system, async () => {
      done = (await atRate(perSecond * share, begin + MEASURED_MS, work)).ms.length
    })
    const seconds = (performance.now() - begin) / 1000
    const each = [...used].map(([label, ms]) => {
      const atRest = ((resting.get(label) ?? 0) / restingSeconds) * seconds
      return [label, (ms - atRest) / Math.max(1, done)] as const
    })
    columns.push([name, new Map(each), perSecond])
  }
  const labels = new Set([...resting.keys(), ...columns.flatMap(([, each]) => [...each.keys()])])
  const rowOf = (label: string) => {
    const rest = (resting.get(label) ?? 0) / restingSeconds
    const all = columns.reduce((sum, [, each, perSecond]) => sum + (each.get(label) ?? 0) * perSecond, rest)
    const costs = columns.map(([name, each]) => [name, each.get(label) ?? 0] as const)
    return { "at rest": rest, ...Object.fromEntries(costs), "all of it, cores": all / 1000 }
  }
  const rows = [...labels].map((label) => [label, rowOf(label)] as const)
  const sum: Record<string, number> = {}
  for (const [, row] of rows) for (const [name, ms] of Object.entries(row)) sum[name] = (sum[name] ?? 0) + ms
  const rounded = (row: Record<string, number>) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value.toFixed(2))]))
  return Object.fromEntries(
    [...rows, ["together", sum] as const].map(([label, row]) => [label, rounded(row)]),
  )
}
