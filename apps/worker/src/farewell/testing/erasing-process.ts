import { openContext } from "@tintype/domain"
import { farewellWorkflow } from "@tintype/domain/farewell"
import { createLogger } from "@tintype/observe"
import { startWorkers } from "@tintype/queue"
import { handleFarewell } from "../handlers.ts"

/** A worker that dies by `kill -9` at its so-manieth statement: `erasing-process.ts <stores and settings, JSON> <statements>`. */
const [world = "", statements = ""] = process.argv.slice(2)
const { stores, settings } = JSON.parse(world)
let left = Number(statements)
const log = createLogger("worker", "fatal")
const { ctx } = openContext(stores, settings, log, {
  onStatement: () => {
    if (--left === 0) process.kill(process.pid, "SIGKILL")
  },
})
startWorkers({
  redisUrl: stores.redisQueueUrl,
  prefix: stores.redisPrefix,
  db: ctx.db,
  jobs: farewellWorkflow.jobs,
  handlers: handleFarewell(ctx),
  classes: { upkeep: { concurrency: 4 } },
  log,
})
