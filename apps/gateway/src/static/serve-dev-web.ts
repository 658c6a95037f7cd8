import type { Logger } from "@tintype/observe"
import { forward } from "../policies/forward.ts"
import type { Streams } from "../proxy/streams.ts"
import { Replicas } from "../upstreams/replicas.ts"
import type { Web } from "./open-web.ts"
import { DEV_PAGE_HEADERS } from "./page-headers.ts"

/**
 * While the web app is developed its own server answers, through the gateway as in production; the browser is told
 * of changes by a WebSocket, on which nothing moves for as long as nobody edits a file.
 *
 * @param url where the development server listens
 */
export function serveDevWeb(url: string, log: Logger, streams: Streams): Web {
  const replicas = new Replicas(log)
  replicas.set(url, [new URL(url).origin])
  return {
    serve: forward({ replicas, log, streams, overlay: DEV_PAGE_HEADERS, tunnelSilenceMs: 0 }),
    speaksWebSocket: true,
    close: () => replicas.destroy(),
  }
}
