import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { type Conditions, schedule } from "./conditions.ts"

/** How often something that is held looks whether it may go on. */
const LOOK_MS = 10

interface Link {
  client: Socket
  server: Socket
  /** Its bytes vanish. */
  stranded: boolean
}

/** A TCP proxy in front of a port of this machine that can be made to fail in the ways of networks. */
export interface FaultProxy {
  port: number
  /** Connections that are open now. */
  readonly connections: number
  /** From now on, for open connections too. `{}` heals. */
  set(conditions: Conditions): Promise<void>
  /** Resets every open connection. */
  cut(): void
  /** Every open connection falls silent for good: what is sent vanishes, and its end is not told. Resets them later. */
  strand(): { reset(): void }
  close(): Promise<void>
}

const reset = ({ client, server }: Link) => {
  client.resetAndDestroy()
  server.resetAndDestroy()
}

async function listen(server: Server, port: number): Promise<void> {
  await once(server.listen(port, "127.0.0.1"), "listening")
}

/** Moves bytes one way, as the conditions of the moment want it, until one of the two has ended. */
async function pump(from: Socket, to: Socket, link: Link, conditions: () => Conditions): Promise<void> {
  // Its end is that of one direction.
  for await (const chunk of from.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a socket gave something else than bytes")
    let offset = 0
    for (const { bytes, waitMs } of schedule(chunk.length, conditions())) {
      if (waitMs > 0) await sleep(waitMs)
      while (conditions().held && !to.destroyed) await sleep(LOOK_MS)
      if (link.stranded || to.destroyed) break
      if (!to.write(chunk.subarray(offset, offset + bytes)))
        await Promise.race([once(to, "drain"), once(to, "close")])
      offset += bytes
    }
  }
  if (!link.stranded) to.end()
}

/** @param target the port behind it */
export async function openFaultProxy(target: number): Promise<FaultProxy> {
  const links = new Set<Link>()
  let conditions: Conditions = {}
  const current = () => conditions

  const accept = (client: Socket) => {
    const server = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true })
    const link: Link = { client, server, stranded: false }
    links.add(link)
    const both = [client, server] as const
    for (const socket of both) {
      socket.setNoDelay(true)
      socket.on("error", () => link.stranded || reset(link))
      socket.on("close", () => both.every(({ destroyed }) => destroyed) && links.delete(link))
    }
    for (const [from, to] of [both, [server, client] as const]) {
      pump(from, to, link, current).catch(() => link.stranded || reset(link))
    }
  }
  const server = createServer({ allowHalfOpen: true }, accept)
  await listen(server, 0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    get connections() {
      return links.size
    },
    async set(next) {
      conditions = next
      if (next.down && server.listening) server.close()
      if (next.down) for (const link of links) reset(link)
      if (!next.down && !server.listening) await listen(server, port)
    },
    cut() {
      for (const link of links) reset(link)
    },
    strand() {
      const stranded = [...links]
      for (const link of stranded) link.stranded = true
      return { reset: () => stranded.forEach(reset) }
    },
    async close() {
      conditions = {}
      if (server.listening) server.close()
      for (const link of links) reset(link)
    },
  }
}
