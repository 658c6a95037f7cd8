import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"

/** What the replicas have written: the database that they share, which no fault in here touches. */
export interface Ledger {
  url: string
  /** How often each write took effect, by its name. */
  effects: ReadonlyMap<string, number>
  stop(): void
}

/** A write with a key that was used before takes no effect and has the first one's answer. */
export async function openLedger(): Promise<Ledger> {
  const effects = new Map<string, number>()
  const answers = new Map<string, string>()
  const server = createServer(async (req, res) => {
    const name = await text(req)
    const key = req.headers["idempotency-key"]
    const earlier = typeof key === "string" ? answers.get(key) : undefined
    if (earlier !== undefined) return res.end(earlier)
    effects.set(name, (effects.get(name) ?? 0) + 1)
    if (typeof key === "string") answers.set(key, name)
    return res.end(name)
  })
  server.keepAliveTimeout = 60_000
  await once(server.listen(0, "127.0.0.1"), "listening")
  const { port } = server.address() as AddressInfo
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, effects, stop }
}
