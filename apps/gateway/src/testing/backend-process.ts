import { createServer } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"

/** A replica as a process of its own, to be frozen and killed. Answers with its pid, `?wait` milliseconds later. */
const server = createServer(async (req, res) => {
  const url = new URL(req.url ?? "", "http://localhost")
  for await (const _ of req);
  const wait = Number(url.searchParams.get("wait"))
  if (wait > 0) await sleep(wait)
  const body = String(process.pid)
  res.writeHead(200, { "content-length": body.length }).end(body)
})
server.keepAliveTimeout = 30_000
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => process.send?.(server.address()))
