import { createServer, type IncomingMessage, type RequestListener } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { onTestFinished } from "vitest"

/** A server behind the gateway that remembers what reached it. */
export interface Backend {
  origin: string
  port: number
  /** Every request whose head arrived, in order; health checks are left out. */
  requests: IncomingMessage[]
  /** Those of them whose body arrived whole. */
  complete: IncomingMessage[]
  sockets: ReadonlySet<Socket>
  /** What health checks are told. */
  ready: boolean
  /** Takes no new connection, closes those that are idle, and finishes what it has. */
  shut(): void
  stop(): Promise<void>
}

/** The default answer: the request's head as JSON. */
export const echo: RequestListener = (req, res) => {
  req.resume()
  req.on("end", () => {
    const body = JSON.stringify({ method: req.method, url: req.url, headers: req.headers })
    res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
    res.end(body)
  })
}

/** Starts a backend that is stopped when the test ends; on a free port of 127.0.0.1 unless said otherwise. */
export async function startBackend(
  answer: RequestListener = echo,
  port = 0,
  host = "127.0.0.1",
): Promise<Backend> {
  const requests: IncomingMessage[] = []
  const complete: IncomingMessage[] = []
  const sockets = new Set<Socket>()
  const stop = async () => {
    if (!server.listening) return server.closeAllConnections()
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  const shut = () => void server.close()
  const backend: Backend = { origin: "", port: 0, ready: true, requests, complete, sockets, shut, stop }
  const server = createServer((req, res) => {
    if (req.url === "/health/ready") {
      res.writeHead(backend.ready ? 200 : 503).end("{}")
      return
    }
    requests.push(req)
    req.once("end", () => complete.push(req))
    answer(req, res)
  })
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, resolve)
  })
  onTestFinished(stop)
  const address = server.address() as AddressInfo
  backend.port = address.port
  backend.origin = `http://${host}:${address.port}`
  return backend
}
