import type { OutgoingHttpHeaders } from "node:http"
import { answerError } from "../answer.ts"
import type { Exchange, Handler } from "../exchange.ts"
import { chooseCoding } from "./accept-encoding.ts"
import { extensionOf } from "./content-types.ts"
import { PAGE_HEADERS } from "./page-headers.ts"
import { sendBytes } from "./send-bytes.ts"
import type { WebFile } from "./web-files.ts"

const YEAR_SECONDS = 31_536_000

/**
 * Serves the web app: its files, and its index for every page it routes itself.
 *
 * @param files as `listWebFiles` gives them
 */
export function serveWeb(files: ReadonlyMap<string, WebFile>): Handler {
  return (exchange) => {
    const { method } = exchange.req
    if (method !== "GET" && method !== "HEAD") {
      return answerError(exchange, { status: 405, error: "Method not allowed" }, { allow: "GET, HEAD" })
    }
    const file = files.get(exchange.path) ?? (isPage(exchange.path) ? files.get("/index.html") : undefined)
    if (!file) return answerError(exchange, { status: 404, error: "Not found" })
    return sendFile(exchange, file)
  }
}

/** Whether a path is one of the app's own pages. Those of accounts (`/@name`) may hold a dot. */
const isPage = (path: string) => path.startsWith("/@") || extensionOf(path) === ""

function sendFile(exchange: Exchange, file: WebFile): void | Promise<void> {
  const coding = chooseCoding(exchange.req.headers["accept-encoding"], file.coded)
  const bytes = (coding && file.coded.get(coding)) ?? file.plain
  const headers: OutgoingHttpHeaders = {
    ...PAGE_HEADERS,
    "content-type": file.type,
    "cache-control": file.immutable ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache",
  }
  if (file.coded.size > 0) headers.vary = "Accept-Encoding"
  if (coding) headers["content-encoding"] = coding
  return sendBytes(exchange, bytes, headers)
}
