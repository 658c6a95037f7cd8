import { once } from "node:events"
import { type ClientHttp2Session, connect as connectH2 } from "node:http2"
import { connect as connectTcp } from "node:net"
import { type ConnectionOptions, connect as connectTls } from "node:tls"

export type Protocol = "HTTP/1.1" | "HTTP/1.1 over TLS" | "HTTP/2"

/** A connection that has carried a request and is kept open. */
export interface IdleClient {
  readonly isOpen: boolean
  /** @throws when no answer comes */
  ask(): Promise<void>
  end(): void
}

const HOST = "localhost"
const PATH = "/api/v1/instance"
const REQUEST = `GET ${PATH} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`
const ANSWER_MS = 30_000

/** Opens a connection; nothing is sent before `ask`. */
export function openIdle(protocol: Protocol, port: number): IdleClient {
  const tls: ConnectionOptions = { port, host: "127.0.0.1", servername: HOST, rejectUnauthorized: false }
  if (protocol === "HTTP/2") return overHttp2(connectH2(`https://${HOST}:${port}`, tls))
  return overHttp1(protocol === "HTTP/1.1" ? connectTcp(port, "127.0.0.1") : connectTls(tls))
}

function overHttp1(socket: ReturnType<typeof connectTcp>): IdleClient {
  socket.on("error", () => {})
  return {
    get isOpen() {
      return !socket.closed && !socket.readableEnded
    },
    async ask() {
      let text = ""
      socket.write(REQUEST)
      while (!/\r\n\r\n\{\}$/.test(text)) {
        const [chunk] = await once(socket, "data", { signal: AbortSignal.timeout(ANSWER_MS) })
        text += String(chunk)
      }
      if (!text.startsWith("HTTP/1.1 200 ")) throw new Error(text)
    },
    end: () => socket.destroy(),
  }
}

function overHttp2(session: ClientHttp2Session): IdleClient {
  session.on("error", () => {})
  return {
    get isOpen() {
      return !session.closed && !session.destroyed
    },
    async ask() {
      const stream = session.request({ ":path": PATH })
      const [headers] = await once(stream, "response", { signal: AbortSignal.timeout(ANSWER_MS) })
      if (headers[":status"] !== 200) throw new Error(`status ${headers[":status"]}`)
      stream.resume()
      await once(stream, "close")
    },
    end: () => session.destroy(),
  }
}
