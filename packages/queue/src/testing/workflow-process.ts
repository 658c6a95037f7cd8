import { openDatabase } from "@tintype/db"
import { createLogger } from "@tintype/observe"
import { openQueue } from "../open-queue.ts"
import { startWorkflowWorkers } from "./workflow-workers.ts"

/** A worker process to be killed: `workflow-process.ts <database URL> <Redis URL> <prefix>`. */
const [databaseUrl = "", redisUrl = "", prefix = ""] = process.argv.slice(2)
const { db } = openDatabase({ url: databaseUrl, poolSize: 10 })
const queue = openQueue({ redisUrl, prefix, log: createLogger("worker", "fatal") })
startWorkflowWorkers({ redisUrl, prefix, db, queue, concurrency: 8 })
