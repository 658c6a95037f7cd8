import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { startPostgres } from "@tintype/dev"
import { isContender } from "./contenders/contenders.ts"
import { type RacePlan, SHORT_RACE } from "./plan.ts"
import { race } from "./race.ts"

/**
 * `node tools/bench/src/cache-race/main.ts --writes 1000000`: the race of 16 writers against 64 readers over real
 * stores, with kills and evictions. `--contender NAME` races another way of caching.
 */

const { values } = parseArgs({
  options: {
    contender: { type: "string", default: "tintype" },
    writes: { type: "string", default: "1000000" },
    minutes: { type: "string", default: "60" },
    batch: { type: "string", default: String(SHORT_RACE.batch) },
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
  killProcessMs: Number(values["kill-process-ms"]),
  killRedisMs: Number(values["kill-redis-ms"]),
}

const dir = mkdtempSync(join(tmpdir(), "tintype-race-"))
// Postgres runs as another user when we are root.
chmodSync(dir, 0o755)
const postgres = await startPostgres({ dir: join(dir, "postgres"), durable: false })
try {
  let shown = 0
  const onProgress = (share: number) => {
    const percent = Math.floor(share * 100)
    if (percent >= shown + 5) console.error(`${percent} %`)
    if (percent >= shown + 5) shown = percent
  }
  const { stale, ...result } = await race(plan, postgres.url("postgres"), onProgress)
  console.table(result)
  if (stale.length > 0) console.table(stale)
} finally {
  await postgres.stop()
  rmSync(dir, { recursive: true, force: true })
}
