import { openDatabase } from "@tintype/db"
import { createLogger, onShutdown } from "@tintype/observe"
import { startWorkers } from "../start-workers.ts"
import { testHandlers, testJobs } from "./jobs.ts"

/** A worker process to be killed and frozen: `worker-process.ts <database URL> <Redis URL> <prefix> [<jobs at once>]`. */
const [databaseUrl = "", redisUrl = "", prefix = "", concurrency = "5"] = process.argv.slice(2)
const log = createLogger("worker", "info")
const { db, close } = openDatabase({ url: databaseUrl, poolSize: 10 })
const workers = startWorkers({
  redisUrl,
  prefix,
  db,
  jobs: testJobs,
  handlers: testHandlers(db),
  classes: {
    media: { concurrency: 2 },
    feed: { concurrency: Number(concurrency) },
    notify: { concurrency: Number(concurrency) },
  },
  log,
})
onShutdown(log, 10, async () => {
  await workers.close(1_000)
  await close()
})
