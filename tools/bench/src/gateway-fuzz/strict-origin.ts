import { once } from "node:events"
import { createServer, type Socket } from "node:net"

/** What stands behind the gateway: reads bytes by the letter of RFC 9112 and believes nothing else. */
export interface StrictOrigin {
  /** `host:port`. */
  name: string
  /** How often each request came, by the id that the gateway gave it. */
  seen: ReadonlyMap<string, number>
  /** What no gateway may send. */
  faults: readonly string[]
  stop(): void
}

const REQUEST_LINE = /^[A-Z-]+ \/[\x21-\x7e]* HTTP\/1\.1$/
const FIELD = /^([!#$%&'*+\-.^`|~\w]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"
const HEAD_ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
const HEALTHY = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
const CHUNK = /^([0-9a-f]+)\r\n/i

export async function startStrictOrigin(): Promise<StrictOrigin> {
  const seen = new Map<string, number>()
  const faults: string[] = []
  const note = (fault: string) => {
    if (faults.length < 100) faults.push(fault)
  }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket)).on("error", () => {})
    readRequests(socket, seen, note)
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  const address = server.address()
  const port = typeof address === "object" ? address?.port : undefined
  const stop = () => {
    server.close()
    for (const each of sockets) each.destroy()
  }
  return { name: `127.0.0.1:${port}`, seen, faults, stop }
}

function readRequests(socket: Socket, seen: Map<string, number>, note: (fault: string) => void): void {
  let pending = ""
  socket.on("data", (chunk: Buffer) => {
    pending += chunk.toString("latin1")
    for (;;) {
      const end = pending.indexOf("\r\n\r\n")
      if (end === -1) return
      const request = readHead(pending.slice(0, end))
      if (typeof request === "string") {
        note(`${request}: ${JSON.stringify(pending.slice(0, 400))}`)
        socket.destroy()
        return
      }
      const rest = afterBody(pending.slice(end + 4), request)
      if (rest === undefined) return
      pending = rest
      if (request.id === undefined && request.path !== "/health/ready") note(`no id: ${request.path}`)
      if (request.id !== undefined) seen.set(request.id, (seen.get(request.id) ?? 0) + 1)
      if (request.path === "/health/ready") socket.write(HEALTHY)
      else socket.write(request.method === "HEAD" ? HEAD_ANSWER : ANSWER)
    }
  })
}

interface Head {
  method: string
  path: string
  id: string | undefined
  length: number | "chunked"
}

/** @returns what is wrong with it, if anything is */
function readHead(text: string): Head | string {
  const [line = "", ...fields] = text.split("\r\n")
  if (!REQUEST_LINE.test(line)) return "no request line"
  const [method = "", path = ""] = line.split(" ")
  const found = new Map<string, string>()
  for (const field of fields) {
    const match = FIELD.exec(field)
    if (!match) return "no field line"
    const name = match[1]?.toLowerCase() ?? ""
    if (found.has(name) && ["host", "content-length", "transfer-encoding", "x-request-id"].includes(name)) {
      return `two of ${name}`
    }
    found.set(name, match[2] ?? "")
  }
  const coding = found.get("transfer-encoding")
  const length = found.get("content-length")
  if (!found.has("host")) return "no host"
  if (coding !== undefined && (coding !== "chunked" || length !== undefined)) return "two framings"
  if (length !== undefined && !/^\d+$/.test(length)) return "no length"
  return { method, path, id: found.get("x-request-id"), length: coding ? "chunked" : Number(length ?? 0) }
}

/** What follows a body; undefined while it is not there in full. */
function afterBody(text: string, { length }: Head): string | undefined {
  if (length !== "chunked") return text.length < length ? undefined : text.slice(length)
  let rest = text
  for (;;) {
    const chunk = CHUNK.exec(rest)
    if (!chunk) return undefined
    const size = Number.parseInt(chunk[1] ?? "", 16)
    const end = chunk[0].length + size + 2
    if (rest.length < end) return undefined
    rest = rest.slice(end)
    if (size === 0) return rest
  }
}
