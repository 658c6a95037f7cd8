import type { IncomingMessage } from "node:http"
import { connect, Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { Logger } from "@tintype/observe"
import type { Handler } from "../exchange.ts"
import { forward } from "../policies/forward.ts"
import { Replicas } from "../upstreams/replicas.ts"
import { DEV_PAGE_HEADERS } from "./page-headers.ts"

/** While the web app is developed: its own server answers, through the gateway as in production. */
export interface DevWeb {
  serve: Handler
  /** Joins a WebSocket handshake to the development server, which tells the browser of changes through it. */
  join(req: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): Promise<void>
}

/** @param url where the development server listens */
export function serveDevWeb(url: string, log: Logger): DevWeb {
  const replicas = new Replicas(log)
  const joined = new Set<Duplex>()
  replicas.set(url, [new URL(url).origin])
  return {
    serve: forward({ replicas, log, overlay: DEV_PAGE_HEADERS }),
    join: (req, socket, head) => {
      joined.add(socket)
      socket.once("close", () => joined.delete(socket))
      joinSockets(new URL(url), req, socket, head)
    },
    close: async () => {
      for (const socket of joined) socket.destroy()
      await replicas.destroy()
    },
  }
}

/** The two are silent for as long as nobody edits a file, so silence ends nothing here. */
function joinSockets(url: URL, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  const server = connect({ host: url.hostname, port: Number(url.port) })
  if (socket instanceof Socket) socket.setTimeout(0)
  server.once("connect", () => {
    const lines = [`${req.method} ${req.url} HTTP/1.1`]
    for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) {
      lines.push(`${req.rawHeaders[i]}: ${req.rawHeaders[i + 1]}`)
    }
    server.write(`${lines.join("\r\n")}\r\n\r\n`)
    server.write(head)
    socket.pipe(server).pipe(socket)
  })
  const end = () => {
    server.destroy()
    socket.destroy()
  }
  for (const side of [server, socket]) side.on("error", end).on("close", end)
}
