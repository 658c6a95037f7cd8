import cluster from "node:cluster"
import { hearPurges } from "@tintype/cache/hear-purges"
import { loadGatewayConfig } from "@tintype/config"
import { openBlobStore } from "@tintype/media/blob-store"
import { createLogger, onShutdown } from "@tintype/observe"
import { buildGateway } from "./build-gateway.ts"
import { keepProcesses, onRelease } from "./processes.ts"

const config = loadGatewayConfig()
const log = createLogger("gateway", config.logLevel)

if (cluster.isPrimary && config.processes > 1) {
  keepProcesses(config.processes, config.drainSeconds, log)
} else {
  const { redisCacheUrl: url } = config
  const gateway = await buildGateway(config, {
    log,
    photos: openBlobStore({ dir: config.blobDir }),
    ...(url && { hearPurges: (audience) => hearPurges({ url, log, audience }) }),
  })
  const port = await gateway.listen()
  log.info({ port, host: config.host, upstreams: config.apiUpstreams }, "listening")
  const drain = () => gateway.drain((config.drainSeconds - 0.5) * 1000)
  if (cluster.isWorker) onRelease(log, drain)
  else onShutdown(log, config.drainSeconds, drain)
}
