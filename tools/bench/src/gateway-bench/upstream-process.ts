import { createServer, type OutgoingHttpHeaders } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { PATHS, PHOTO_BYTES } from "./site.ts"

/** What stands behind the proxies: answers from memory, `delayMs` late. Tells its port. */
const delayMs = Number(process.argv[2] ?? 0)

const small = Buffer.from(JSON.stringify({ id: "1", content: "x".repeat(980) }))
const photo = Buffer.alloc(PHOTO_BYTES, 7)
const json = { "content-type": "application/json; charset=utf-8", "content-length": small.length }
const ANSWERS = new Map<string, { headers: OutgoingHttpHeaders; body: Buffer }>([
  [PATHS.small, { headers: { ...json, "cache-control": "no-store" }, body: small }],
  [PATHS.cached, { headers: { ...json, "cache-control": "public, max-age=3600" }, body: small }],
  [PATHS.photo, { headers: { "content-type": "image/jpeg", "content-length": photo.length }, body: photo }],
])

const server = createServer(async (req, res) => {
  const answer = ANSWERS.get(req.url ?? "")
  if (!answer) {
    res.end()
    return
  }
  if (delayMs > 0) await sleep(delayMs)
  res.writeHead(200, answer.headers).end(answer.body)
})
server.keepAliveTimeout = 60_000
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  console.log(`port ${typeof address === "object" ? address?.port : ""}`)
})
