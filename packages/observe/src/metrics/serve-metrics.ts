import { createServer } from "node:http"
import type { Logger } from "../logger.ts"
import { EXPOSITION_TYPE, expositionOf, type Family } from "./exposition.ts"

export interface ServeMetricsOptions {
  host: string
  port: number
  log: Logger
  families: () => Promise<readonly Family[]>
}

export interface MetricsServer {
  port: number
  close(): Promise<void>
}

/** Serves `GET /metrics` on a port of its own: figures are for operators, and no request that members send gets there. */
export async function serveMetrics({
  host,
  port,
  log,
  families,
}: ServeMetricsOptions): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (req, res) => {
    const known = req.url === "/metrics"
    if (!known || req.method !== "GET") {
      res.writeHead(known ? 405 : 404, { "content-length": 0 }).end()
      return
    }
    families().then(
      (found) => {
        res.writeHead(200, { "content-type": EXPOSITION_TYPE, "cache-control": "no-store" })
        res.end(expositionOf(found))
      },
      (error: unknown) => {
        log.error({ err: error }, "figures could not be read")
        res.writeHead(500, { "content-length": 0 }).end()
      },
    )
  })
  server.maxConnections = 16
  const listening = Promise.withResolvers<void>()
  server.once("error", listening.reject)
  server.listen({ host, port }, () => listening.resolve())
  await listening.promise
  // What goes wrong with one connection later is no reason to end the process.
  server.off("error", listening.reject).on("error", (error) => log.error({ err: error }, "metrics"))
  const address = server.address()
  const taken = typeof address === "object" && address ? address.port : port
  log.info({ port: taken }, "metrics are served")
  return {
    port: taken,
    async close() {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      server.closeAllConnections()
      await closed.promise
    },
  }
}
