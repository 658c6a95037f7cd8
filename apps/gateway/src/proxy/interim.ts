import type { IncomingHttpHeaders } from "node:http"
import type { Exchange } from "../exchange.ts"
import { responseHeaders } from "./response-headers.ts"

const PROCESSING = 102
const EARLY_HINTS = 103

/**
 * Passes on what a replica says before its answer (RFC 9110 §15.2): that it is at work (102), or what the client may
 * fetch meanwhile (103, RFC 8297). A client of HTTP/1.0 knows no such answers.
 */
export function passInterim({ req, res }: Exchange, status: number, received: IncomingHttpHeaders): void {
  if (res.destroyed || res.headersSent || req.httpVersion === "1.0") return
  if (status === PROCESSING) res.writeProcessing()
  if (status !== EARLY_HINTS) return
  const hints: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(responseHeaders(received))) {
    if (value !== undefined && name !== "via") hints[name] = Array.isArray(value) ? value : String(value)
  }
  try {
    res.writeEarlyHints(hints)
  } catch {
    // A link that is not well formed: the answer itself says all that is needed.
  }
}
