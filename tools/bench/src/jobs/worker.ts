import { openDatabase } from "@tintype/db"
import { createLogger, onShutdown } from "@tintype/observe"
import { CONCURRENCY, CONTENDERS } from "./contenders/contender.ts"
import { startContender } from "./contenders/contenders.ts"

/** A worker process: `worker.ts <contender> <database URL> <its direct URL> <Redis URL>`. */
const [wanted, databaseUrl = "", directUrl = "", redisUrl = ""] = process.argv.slice(2)
const name = CONTENDERS.find((each) => each === wanted)
if (!name) throw new Error(`nobody is called ${wanted}`)
const { db, close } = openDatabase({ url: databaseUrl, poolSize: CONCURRENCY })
const addresses = { databaseUrl, directUrl, redisUrl }
const worker = await startContender(name, { db, begun: () => undefined }, addresses)
onShutdown(createLogger("worker", "error"), 10, async () => {
  await worker.close()
  await close()
})
