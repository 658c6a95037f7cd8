import { IncomingMessage } from "node:http"
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2"
import type { Socket } from "node:net"

/** The request of a stream could be read as another one by a server that speaks HTTP/1.1. */
export class Unreadable extends Error {
  override name = "Unreadable"
}

/** Of these none may come over HTTP/2 (RFC 9113 §8.2.2); the parser refuses them too. */
const OF_CONNECTIONS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
])
const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/
const TOKEN = /^[A-Z-]{1,32}$/

/**
 * The request of an HTTP/2 stream in the form in which the policies know requests: `:authority` as `Host`, several
 * `Cookie` fields as one (RFC 9113 §8.2.3), a body of unknown length as a chunked one.
 */
export class H2Request extends IncomingMessage {
  readonly #stream: ServerHttp2Stream

  /**
   * @param rawHeaders names and values in turn, pseudo-headers included
   * @throws Unreadable
   */
  constructor(stream: ServerHttp2Stream, socket: Socket, rawHeaders: readonly string[], ended: boolean) {
    super(socket)
    this.#stream = stream
    this.httpVersion = "2.0"
    this.#readHead(rawHeaders)
    if (ended) {
      this.complete = true
      this.push(null)
      stream.resume()
      return
    }
    if (this.headers["content-length"] === undefined) this.#add("transfer-encoding", "chunked")
    stream.pause()
    stream.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) stream.pause()
    })
    stream.once("end", () => {
      // What is reset ends too, and must not look whole.
      this.complete = !stream.closed
      if (this.complete) this.push(null)
      else this.destroy()
    })
    stream.once("close", () => this.destroy())
  }

  override _read(): void {
    if (!this.complete) this.#stream.resume()
  }

  /** The stream is the reply's to end, and the connection carries others. */
  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    done()
  }

  #readHead(raw: readonly string[]): void {
    const pseudo = new Map<string, string>()
    const cookies: string[] = []
    const fields: [string, string][] = []
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const [name = "", value = ""] = [raw[i], raw[i + 1]]
      if (!VALUE.test(value)) throw new Unreadable("a value holds a control character")
      if (name.startsWith(":")) {
        if (pseudo.has(name) || fields.length > 0) throw new Unreadable("a pseudo-header is out of place")
        pseudo.set(name, value)
      } else if (!NAME.test(name) || OF_CONNECTIONS.has(name))
        throw new Unreadable("a name has no place here")
      else if (name === "cookie") cookies.push(value)
      else fields.push([name, value])
    }
    this.#readPseudo(pseudo, fields)
    for (const [name, value] of fields) this.#add(name, value)
    if (cookies.length > 0) this.#add("cookie", cookies.join("; "))
  }

  #readPseudo(pseudo: ReadonlyMap<string, string>, fields: [string, string][]): void {
    const { HTTP2_HEADER_AUTHORITY, HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH } = constants
    this.method = pseudo.get(HTTP2_HEADER_METHOD) ?? ""
    this.url = pseudo.get(HTTP2_HEADER_PATH) ?? ""
    const authority = pseudo.get(HTTP2_HEADER_AUTHORITY)
    const hosts = fields.filter(([name]) => name === "host")
    if (!TOKEN.test(this.method)) throw new Unreadable("the method is none")
    if (hosts.some(([, host]) => authority !== undefined && host !== authority)) {
      throw new Unreadable("two hosts are named")
    }
    if (authority !== undefined && hosts.length === 0) this.#add("host", authority)
  }

  #add(name: string, value: string): void {
    this.rawHeaders.push(name, value)
    const before = this.headers[name]
    const all: IncomingHttpHeaders = this.headers
    all[name] = before === undefined ? value : `${String(before)}, ${value}`
    this.headersDistinct[name] = [...(this.headersDistinct[name] ?? []), value]
  }
}
