import { openDatabase } from "@tintype/db"
import { createLogger, onShutdown } from "@tintype/observe"
import { startWorkers } from "@tintype/queue"
import { chaosHandlers, chaosJobs, PREFIX } from "./jobs.ts"

/** A worker process for the harness's jobs: `job-worker.ts <database URL> <Redis URL>`. */
const [url = "", redisUrl = ""] = process.argv.slice(2)
const log = createLogger("worker", "warn")
const { db, close } = openDatabase({ url, poolSize: 10 })
const workers = startWorkers({
  redisUrl,
  prefix: PREFIX,
  db,
  jobs: chaosJobs,
  handlers: chaosHandlers(db),
  classes: {
    notify: { concurrency: 8 },
    mail: { concurrency: 4 },
    push: { concurrency: 8 },
    transfer: { concurrency: 4 },
  },
  log,
})
onShutdown(log, 10, async () => {
  await workers.close(5_000)
  await close()
})
