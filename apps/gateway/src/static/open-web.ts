import type { GatewayConfig } from "@tintype/config"
import type { Logger } from "@tintype/observe"
import { answerError } from "../answer.ts"
import type { Handler } from "../exchange.ts"
import type { Streams } from "../proxy/streams.ts"
import { serveDevWeb } from "./serve-dev-web.ts"
import { serveWeb } from "./serve-web.ts"
import { listWebFiles } from "./web-files.ts"

/** Where the web app comes from. */
export interface Web {
  serve: Handler
  /** Whether it speaks WebSocket. */
  speaksWebSocket: boolean
  close(): Promise<void>
}

/**
 * The built web app, or the server that develops it, or neither: then there is only the api.
 *
 * @throws Error when the configured folder holds no web app
 */
export async function openWeb(
  { webDir, webDevUrl }: Pick<GatewayConfig, "webDir" | "webDevUrl">,
  log: Logger,
  streams: Streams,
): Promise<Web> {
  if (webDevUrl !== undefined) return serveDevWeb(webDevUrl, log, streams)
  const quiet = { speaksWebSocket: false, close: async () => {} }
  if (webDir !== undefined) return { ...quiet, serve: serveWeb(await listWebFiles(webDir)) }
  return { ...quiet, serve: (exchange) => answerError(exchange, { status: 404, error: "Not found" }) }
}
