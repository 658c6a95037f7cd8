import { execFileSync } from "node:child_process"
import { createWriteStream } from "node:fs"
import { cpus } from "node:os"
import { parseArgs } from "node:util"
import postgres from "postgres"
import { poison } from "./poison.ts"
import { measureRecovery } from "./recovery/measure.ts"
import { showStorm } from "./report.ts"
import { prepareJobs, storm } from "./storm.ts"
import { openChaosSystem } from "./system/chaos-system.ts"

/**
 * `pnpm chaos jobs --seed 1 --jobs 10000 --faults 200 [--only storm|recovery|poison] [--log FILE]`: see
 * docs/decisions/0009-chaos.md. Ends with an error when something did not hold.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: "10000" },
    faults: { type: "string", default: "200" },
    every: { type: "string", default: "3000" },
    innocents: { type: "string", default: "2000" },
    poison: { type: "string", default: "50" },
    only: { type: "string" },
    log: { type: "string" },
  },
})
if (positionals.join() !== "jobs") throw new Error("what shall suffer? There is `jobs`.")

const begin = performance.now()
const say = (message: string) =>
  console.log(`[${((performance.now() - begin) / 1000).toFixed(1)} s] ${message}`)
const log = values.log === undefined ? undefined : createWriteStream(values.log)
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim()
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, commit ${commit}, seed ${values.seed}`,
)

const isWanted = (part: string) => values.only === undefined || values.only === part
const chaos = await openChaosSystem({
  say,
  onLine: (name, line) => void log?.write(`${new Date().toISOString()} ${name} ${line}\n`),
})
const sql = postgres(chaos.system.stores.DATABASE_DIRECT_URL, { max: 4, onnotice: () => {} })
const seed = Number(values.seed)

/** One whose worker was killed is taken by another one four minutes later. */
const REFINED_WITHIN_MS = 300_000

async function underFaults(): Promise<number> {
  const [jobs, faults, everyMs] = [Number(values.jobs), Number(values.faults), Number(values.every)]
  const rhythm = { seed, jobs, faults, everyMs, members: 16, refinedWithinMs: REFINED_WITHIN_MS }
  const result = await storm(chaos, sql, { ...rhythm, say })
  await showStorm(sql, result)
  return result.violations.length
}

async function recovers(): Promise<number> {
  say("one thing after the other goes wrong")
  const recovery = await measureRecovery(chaos, sql)
  console.table(recovery)
  return Object.values(recovery).filter((each) => Number(each["longest s"]) > each["at most s"]).length
}

async function besidePoison(): Promise<number> {
  say("photos that kill who develops them")
  const options = { seed, poison: Number(values.poison), innocents: Number(values.innocents) }
  const poisoned = await poison(chaos, sql, options)
  console.table(poisoned)
  return poisoned["innocents that failed"] + poisoned["poison not refused"]
}

try {
  let wrong = 0
  await prepareJobs(chaos)
  if (isWanted("storm")) wrong += await underFaults()
  if (isWanted("recovery")) wrong += await recovers()
  if (isWanted("poison")) wrong += await besidePoison()
  if (wrong > 0) process.exitCode = 1
} finally {
  await sql.end({ timeout: 5 })
  await chaos.stop()
}
say("over")
process.exit()
