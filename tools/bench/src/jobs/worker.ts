import { openDatabase } from "@tintype/db"
import { createLogger, onShutdown } from "@tintype/observe"
import { startWorkers } from "@tintype/queue"
import { benchHandlers, benchJobs } from "./catalogue.ts"

/** A worker process: `worker.ts <database URL> <Redis URL> <whether it keeps a history>`. */
const [databaseUrl = "", redisUrl = "", keepsHistory = "true"] = process.argv.slice(2)
const log = createLogger("worker", "error")
const { db, close } = openDatabase({ url: databaseUrl, poolSize: 16 })
const workers = startWorkers({
  redisUrl,
  db,
  jobs: benchJobs,
  handlers: benchHandlers(db),
  classes: { feed: { concurrency: 16 }, media: { concurrency: 2 }, notify: { concurrency: 8 } },
  keepsHistory: keepsHistory === "true",
  log,
})
onShutdown(log, 10, async () => {
  await workers.close(2_000)
  await close()
})
