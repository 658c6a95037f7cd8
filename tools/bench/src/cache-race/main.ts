import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { startPostgres } from "@tintype/dev"
import { isContender } from "./contenders/contenders.ts"
import { type RacePlan, SHORT_RACE } from "./plan.ts"
import { type Progress, type RaceResult, race } from "./race.ts"

/**
 * `node tools/bench/src/cache-race/main.ts --writes 1000000 --minutes 60`: the race of 16 writers against 64 readers over
 * real stores, with kills and evictions. `--contender "tintype with a first level"`, or another way of caching;
 * `--think-ms`: how long readers wait between calls at most, `--batch`: most keys of a call, `--kill-process-ms`,
 * `--kill-redis-ms`: how often, 0 for never. Ends with 1 if a read was stale or something old was left.
 */

const { values } = parseArgs({
  options: {
    contender: { type: "string", default: "tintype" },
    writes: { type: "string", default: "1000000" },
    minutes: { type: "string", default: "60" },
    batch: { type: "string", default: String(SHORT_RACE.batch) },
    "think-ms": { type: "string", default: String(SHORT_RACE.thinkMs) },
    "kill-process-ms": { type: "string", default: "8000" },
    "kill-redis-ms": { type: "string", default: "30000" },
  },
})
if (!isContender(values.contender)) throw new Error(`nobody of that name: ${values.contender}`)
const plan: RacePlan = {
  ...SHORT_RACE,
  contender: values.contender,
  writes: Number(values.writes),
  seconds: 60 * Number(values.minutes),
  batch: Number(values.batch),
  thinkMs: Number(values["think-ms"]),
  killProcessMs: Number(values["kill-process-ms"]),
  killRedisMs: Number(values["kill-redis-ms"]),
}

const SHOWN_EVERY_SECONDS = 15

const tableOf = (result: RaceResult) => ({
  "keys written": result.writes,
  "written per second": Math.round(result.writes / result.seconds),
  "keys read": result.reads,
  "of these without Redis": result.firstLevelHits,
  "stale reads": result.staleReads,
  "longest staleness in ms": result.staleMs,
  "own writes missed": result.ownMissed,
  "stale at rest": result.staleAtRest,
  "cached at rest": result.cachedAtRest,
  "reads behind an earlier read": result.backwards,
  "impossible reads": result.impossible,
  "writes that Redis was not told of": result.unmarked,
  "writers killed after COMMIT": result.orphans,
  "something older read after that, ms at most": result.orphanStaleMs,
  "processes killed": result.processesKilled,
  "Redis killed and restarted": result.redisKilled,
  "keys evicted": result.evictions,
  seconds: Math.round(result.seconds),
})

const dir = mkdtempSync(join(tmpdir(), "tintype-race-"))
// Postgres runs as another user when we are root.
chmodSync(dir, 0o755)
const postgres = await startPostgres({ dir: join(dir, "postgres"), durable: false })
try {
  let shownAt = 0
  const onProgress = ({ share, seconds, written, processesKilled, redisKilled }: Progress) => {
    if (seconds < shownAt + SHOWN_EVERY_SECONDS) return
    shownAt = seconds
    const rate = Math.round(written / seconds)
    const killed = `killed: processes ${processesKilled}, Redis ${redisKilled}`
    console.error(
      `${Math.floor(share * 100)} %  ${seconds.toFixed(0)} s  ${written} written, ${rate}/s  ${killed}`,
    )
  }
  const result = await race(plan, postgres.url("postgres"), onProgress)
  console.table(tableOf(result))
  if (result.stale.length > 0) console.table(result.stale)
  if (result.staleReads + result.staleAtRest + result.impossible > 0) process.exitCode = 1
} finally {
  await postgres.stop()
  rmSync(dir, { recursive: true, force: true })
}
