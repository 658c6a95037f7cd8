import { createServer, type Socket } from "node:net"
import { setImmediate as turn } from "node:timers/promises"
import { onTestFinished } from "vitest"

/** A replica that answers with bytes as they are; health checks get what they want. */
export interface RawReplica {
  origin: string
  /** What to answer the next request; with `cut` the connection is reset after it. */
  next: { bytes: string; piece?: number; cut?: boolean }
  /** For each request the connection that it came on, and its own bytes. */
  asked: { on: Socket; bytes: string }[]
}

const READY = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/** Starts one that is stopped when the test ends. */
export async function startRawReplica(): Promise<RawReplica> {
  const sockets = new Set<Socket>()
  const replica: RawReplica = { origin: "", next: { bytes: READY }, asked: [] }
  const answer = async (socket: Socket) => {
    const { bytes, piece = bytes.length, cut = false } = replica.next
    for (let at = 0; at < bytes.length && !socket.destroyed; at += piece) {
      socket.write(bytes.slice(at, at + piece), "latin1")
      await turn()
    }
    if (cut) socket.end()
  }
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on("error", () => {}).on("close", () => sockets.delete(socket))
    socket.on("data", (chunk) => {
      const bytes = chunk.toString("latin1")
      if (bytes.startsWith("GET /health/ready ")) socket.write(READY)
      else {
        replica.asked.push({ on: socket, bytes })
        void answer(socket)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  replica.origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
  return replica
}
