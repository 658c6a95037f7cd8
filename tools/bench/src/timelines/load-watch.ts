import { setTimeout as sleep } from "node:timers/promises"
import type { System } from "@tintype/dev"
import { sql } from "drizzle-orm"
import { openBenchContext } from "../bench-context.ts"
import { cpuTimeOfTree } from "../cpu-time.ts"

/** How the oldest job that waits ages, and what was given up. */
export async function watchJobs(system: System, end: number) {
  const { ctx, close } = openBenchContext(system)
  let oldest = 0
  while (performance.now() < end) {
    const [row] = await ctx.db.execute<{ age: number }>(
      sql`select coalesce(max(extract(epoch from now() - due_at)), 0)::float8 as age from outbox where dead_at is null`,
    )
    oldest = Math.max(oldest, row?.age ?? 0)
    await sleep(1_000)
  }
  const [left] = await ctx.db.execute<{ waiting: number; dead: number; jpeg: number }>(sql`
    select count(*) filter (where dead_at is null)::int as waiting, count(dead_at)::int as dead,
      (select count(*)::int from media where refine_at is not null) as jpeg from outbox`)
  await close()
  return {
    "oldest job, s": Number(oldest.toFixed(1)),
    "jobs left": left?.waiting ?? 0,
    "jobs dead": left?.dead ?? 0,
    "photos without AVIF yet": left?.jpeg ?? 0,
  }
}

const STORES = ["postgres", "pgbouncer", "redis-cache", "redis-queue"] as const

/** What a process has used of the processor, in ms. */
export interface Used {
  own: number
  children: number
}

/** What each process and those that it started use of the processor from now on. @returns tells, by process */
export function watchProcessors(system: System): () => Map<string, Used> {
  const processes = [...system.tiers, ...STORES.map((name) => system.store(name))]
  const watched = processes.flatMap(({ label, pid }) =>
    pid === undefined ? [] : [{ label, pid, before: cpuTimeOfTree(pid) }],
  )
  const before = process.cpuUsage()
  return () => {
    const rows = watched.map(({ label, pid, before: { own, others } }) => {
      const now = cpuTimeOfTree(pid)
      return [label, { own: now.own - own, children: now.others - others }] as const
    })
    const { user, system: kernel } = process.cpuUsage(before)
    return new Map([...rows, ["who asks (this process)", { own: (user + kernel) / 1000, children: 0 }]])
  }
}

/** The same as cores that were busy since it was called. */
export function watchCores(system: System): () => Record<string, { cores: number; "its children": number }> {
  const used = watchProcessors(system)
  const begin = performance.now()
  return () => {
    const ms = performance.now() - begin
    const cores = (cpuMs: number) => Number((cpuMs / ms).toFixed(2))
    return Object.fromEntries(
      [...used()].map(([label, { own, children }]) => [
        label,
        { cores: cores(own), "its children": cores(children) },
      ]),
    )
  }
}
