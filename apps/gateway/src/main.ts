import cluster from "node:cluster"
import { setFlagsFromString } from "node:v8"
import { hearPurges } from "@tintype/cache/hear-purges"
import { loadGatewayConfig } from "@tintype/config"
import { openBlobStore } from "@tintype/media/blob-store"
import {
  addProcessFigures,
  createLogger,
  createMetrics,
  onShutdown,
  openTracing,
  serveMetrics,
} from "@tintype/observe"
import { buildGateway } from "./build-gateway.ts"
import { figuresOfProcesses, tellFigures } from "./figures/of-processes.ts"
import { keepProcesses, onRelease } from "./processes.ts"

// What requests leave behind is collected by this thread alone: next to nothing of it survives, so that to wake
// helpers would cost more than they take over. A second core is better used by a second process.
setFlagsFromString("--no-parallel-scavenge")

const config = loadGatewayConfig()
const log = createLogger("gateway", config.logLevel)

if (cluster.isPrimary && config.processes > 1) {
  if (config.metrics) await serveMetrics({ ...config.metrics, log, families: figuresOfProcesses() })
  keepProcesses(config.processes, config.drainSeconds, log)
} else {
  const { redisCacheUrl: url } = config
  const closeTracing = await openTracing(config.tracing && { ...config.tracing, service: "gateway" })
  const metrics = createMetrics(cluster.worker && { process: String(cluster.worker.id) })
  if (config.metrics) addProcessFigures(metrics)
  const gateway = await buildGateway(config, {
    log,
    photos: openBlobStore({ dir: config.blobDir }),
    metrics,
    ...(url && { hearPurges: (audience) => hearPurges({ url, log, audience }) }),
  })
  const port = await gateway.listen()
  if (cluster.isWorker) tellFigures(metrics.families)
  else if (config.metrics) await serveMetrics({ ...config.metrics, log, families: metrics.families })
  log.info({ port, host: config.host, upstreams: config.apiUpstreams }, "listening")
  const drain = async () => {
    await gateway.drain((config.drainSeconds - 0.5) * 1000)
    await closeTracing()
  }
  if (cluster.isWorker) onRelease(log, drain)
  else onShutdown(log, config.drainSeconds, drain)
}
