import { setTimeout as sleep } from "node:timers/promises"
import { CONTENDERS } from "./contenders/contenders.ts"
import { History, now } from "./history.ts"
import type { PlayerPlan, Told } from "./plan.ts"
import { openTable } from "./table.ts"

/** A process of the race: writes and reads until it is told to stop, or killed. */

// Its parent is the only one who starts it, with a plan that it has made.
const plan = JSON.parse(process.argv[2] ?? "") as PlayerPlan
const { databaseUrl, redisUrl, prefix } = plan
const HOT = 8
const table = openTable(databaseUrl, plan.writers + 4)
const history = new History(plan.historyFile)
let stopping = false
process.on("message", () => {
  stopping = true
})
process.on("disconnect", () => process.exit(1))

/** Some loads are slow between reading the row and having it: that is where caches go wrong. */
async function load(keys: readonly number[]) {
  const rows = await table.load(keys)
  if (Math.random() < 0.3) await sleep(Math.random() * 10)
  return rows
}

// As in the api: whether the cache may be believed is asked over a connection that nobody else keeps busy.
const ledger = openTable(databaseUrl, 1)
const owed = () => ledger.owed()
const owe = (texts: readonly string[]) => table.owe(texts)
const contender = await CONTENDERS[plan.contender]({ redisUrl, prefix, load, owed, owe })

function pickKeys(): number[] {
  const count = 1 + Math.floor(Math.random() * plan.batch)
  const pick = () => Math.floor(Math.random() * (Math.random() < 0.5 ? HOT : plan.rows))
  return [...new Set(Array.from({ length: count }, pick))]
}

async function writeOnce(): Promise<void> {
  const keys = pickKeys()
  const start = now()
  let after: () => Promise<unknown> = async () => undefined
  const rows = await table.write(keys, async (written, owe) => {
    history.add("prepared", written, start, now())
    after = await contender.beforeCommit(written, (texts) => {
      history.add("unmarked", written, start, now())
      return owe(texts)
    })
  })
  await after()
  history.add("acknowledged", rows, start, now())
  tell(rows.length)
  const asked = now()
  history.add("own", await contender.read(keys), asked, now())
}

let hitsTold = 0

function tell(written: number): void {
  const hits = contender.firstLevelHits?.() ?? 0
  process.send?.({ written, firstLevelHits: hits - hitsTold } satisfies Told)
  hitsTold = hits
}

async function readOnce(): Promise<void> {
  const keys = pickKeys()
  const start = now()
  history.add("read", await contender.read(keys), start, now())
  await sleep(Math.random() * plan.thinkMs)
}

async function repeat(once: () => Promise<void>): Promise<void> {
  while (!stopping) {
    // A store that is away fails calls; the race goes on.
    await once().catch(() => sleep(20))
  }
}

await Promise.all([
  ...Array.from({ length: plan.writers }, () => repeat(writeOnce)),
  ...Array.from({ length: plan.readers }, () => repeat(readOnce)),
])
history.close()
await contender.close()
await Promise.all([ledger.close(), table.close()])
process.exit(0)
