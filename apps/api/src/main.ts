import { setTimeout as sleep } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { loadApiConfig } from "@tintype/config"
import { openContext } from "@tintype/domain"
import { checkCache, checkDatabase, checkQueue, checkWorkers, registerStores } from "@tintype/domain/instance"
import { openStreams, registerStreams, tellAtOnce } from "@tintype/domain/streams"
import {
  addProcessFigures,
  createLogger,
  createMetrics,
  onShutdown,
  openTracing,
  serveMetrics,
} from "@tintype/observe"
import { buildApi } from "./build-api.ts"
import { Health } from "./instance/health.ts"

/** Time for the gateways to notice that this process takes no more, while it still answers what they send. */
const NOTICE_MS = 2000
/** For writing down what was done right after COMMIT; workers do again what is not. */
const AT_ONCE_MS = 500

// What requests leave behind is collected by this thread alone: the helpers that would be woken for it cost more than they
// take over, and a second core is better used by a second process.
setFlagsFromString("--no-parallel-scavenge")

const config = loadApiConfig()
const log = createLogger("api", config.logLevel)
const bound = { seconds: config.queueMaxWaitSeconds, jobs: config.queueMaxJobs }
const opened = openContext({ ...config, cacheSampleEvery: 1000 }, config, log, {
  bounds: { media: bound, feed: bound, transfer: bound },
})
const { ctx, close: endAtOnce } = tellAtOnce(opened.ctx)
const stopTelling = ctx.counterBoard.keepTelling("api")
const health = new Health({
  database: { check: () => checkDatabase(ctx) },
  queue: { check: () => checkQueue(ctx) },
  worker: { check: () => checkWorkers(ctx) },
  cache: { check: () => checkCache(ctx), optional: true },
})
const closeTracing = await openTracing(config.tracing && { ...config.tracing, service: "api" })
const metrics = createMetrics()
const streams = openStreams(ctx, config)
const app = await buildApi(ctx, health, streams.hub, metrics)
onShutdown(log, config.drainSeconds, async () => {
  health.draining = true
  const noticeMs = Math.min(NOTICE_MS, (config.drainSeconds * 1000) / 4)
  streams.hub.drain(noticeMs)
  await sleep(noticeMs)
  await app.close()
  await streams.close()
  stopTelling()
  await endAtOnce(AT_ONCE_MS)
  await opened.close()
  await closeTracing()
})
await app.listen({ host: config.host, port: config.port })
if (config.metrics) {
  addProcessFigures(metrics)
  registerStores(metrics, ctx)
  registerStreams(metrics, streams.hub)
  await serveMetrics({ ...config.metrics, log, families: metrics.families })
}
