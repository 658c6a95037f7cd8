import { loadGatewayConfig } from "@tintype/config"
import { openBlobStore } from "@tintype/media/blob-store"
import { createLogger, onShutdown } from "@tintype/observe"
import { buildGateway } from "./build-gateway.ts"

const config = loadGatewayConfig()
const log = createLogger("gateway", config.logLevel)
const gateway = await buildGateway(config, { log, photos: openBlobStore({ dir: config.blobDir }) })
const port = await gateway.listen()
log.info({ port, host: config.host, upstreams: config.apiUpstreams }, "listening")

onShutdown(log, config.drainSeconds, () => gateway.drain((config.drainSeconds - 0.5) * 1000))
