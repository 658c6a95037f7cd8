import { createServer, type IncomingMessage } from "node:http"
import { text } from "node:stream/consumers"
import { setTimeout as sleep } from "node:timers/promises"

/**
 * A process that meets the gateway as the api does, without what makes the api slow to start: it says whether it is
 * ready, drains on SIGTERM, makes a keyed write once (the ledger is its database), and takes uploads.
 */
const [name = "", ledger = "", noticeMs = "2000"] = process.argv.slice(2)
let draining = false

async function write(req: IncomingMessage): Promise<string> {
  const key = req.headers["idempotency-key"]
  const headers: Record<string, string> = typeof key === "string" ? { "idempotency-key": key } : {}
  const response = await fetch(ledger, { method: "POST", headers, body: await text(req) })
  return response.text()
}

async function swallow(req: IncomingMessage): Promise<string> {
  let bytes = 0
  for await (const chunk of req) bytes += Buffer.byteLength(chunk)
  return String(bytes)
}

async function answer(req: IncomingMessage): Promise<string> {
  if (req.url === "/api/v2/media") return swallow(req)
  if (req.method === "POST") return write(req)
  await sleep(2)
  return "a page of posts"
}

const server = createServer(async (req, res) => {
  if (req.url === "/health/ready") {
    res.writeHead(draining ? 503 : 200).end()
    return
  }
  try {
    res.end(await answer(req))
  } catch {
    res.destroy()
  }
})
server.keepAliveTimeout = 30_000
const { hostname, port } = new URL(`http://${name}`)
server.listen(Number(port), hostname, () => process.send?.("ready"))
process.once("SIGTERM", async () => {
  draining = true
  await sleep(Number(noticeMs))
  server.close(() => process.exit())
})
process.once("disconnect", () => process.exit())
