import { loadWorkerConfig } from "@tintype/config"
import { deathHooks, jobs, openContext } from "@tintype/domain"
import { registerStores } from "@tintype/domain/instance"
import { openDarkroom } from "@tintype/media"
import {
  addProcessFigures,
  createLogger,
  createMetrics,
  onShutdown,
  openTracing,
  serveMetrics,
  startHeartbeat,
} from "@tintype/observe"
import { registerBacklog, registerRuns, startWorkers } from "@tintype/queue"
import { buildHandlers } from "./build-worker.ts"
import { classesOf } from "./classes.ts"
import { startRefiner } from "./media/refiner.ts"
import { startCounting } from "./posts/counting.ts"
import { schedules } from "./schedules.ts"

const config = loadWorkerConfig()
const log = createLogger("worker", config.logLevel)
const { ctx, close } = openContext(config, config, log)
const stopTelling = ctx.counterBoard.keepTelling("worker")
const closeTracing = await openTracing(config.tracing && { ...config.tracing, service: "worker" })
const darkroom = openDarkroom({
  blobs: ctx.blobs,
  concurrency: config.concurrency.media,
  memoryMib: config.developMemoryMib,
  seconds: config.developSeconds,
  log,
})
const refiner = config.classes.includes("media") ? startRefiner(ctx, darkroom) : undefined
const counting = config.classes.includes("feed") ? startCounting(ctx) : undefined
const workers = startWorkers({
  redisUrl: config.redisQueueUrl,
  db: ctx.db,
  jobs,
  handlers: buildHandlers(ctx, darkroom, () => refiner?.hurry()),
  onDead: deathHooks,
  classes: classesOf(config),
  schedules,
  onConcurrency: (jobClass, concurrency) => jobClass === "media" && darkroom.widen(concurrency),
  log,
})
if (config.metrics) {
  const metrics = createMetrics()
  registerBacklog(metrics, ctx.db)
  registerRuns(metrics, workers.figures)
  registerStores(metrics, ctx)
  addProcessFigures(metrics)
  await serveMetrics({ ...config.metrics, log, families: metrics.families })
}
if (config.heartbeatPath) startHeartbeat(config.heartbeatPath, log)
log.info({ classes: config.classes }, "working")

onShutdown(log, config.drainSeconds, async () => {
  await Promise.all([workers.close((config.drainSeconds - 1) * 1000), refiner?.close(), counting?.close()])
  darkroom.close()
  stopTelling()
  await close()
  await closeTracing()
})
