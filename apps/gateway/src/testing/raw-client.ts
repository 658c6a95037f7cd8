import { connect, type Socket } from "node:net"
import { onTestFinished } from "vitest"

/** A TCP client that sends exactly what it is told. */
export interface RawClient {
  socket: Socket
  /** Everything received so far, one character a byte. */
  received(): string
  write(bytes: string | Buffer): void
  /** Waits for the connection's end; returns how it came. */
  closed: Promise<"end" | "reset">
}

/** Connects to a port on the loopback; the connection is cut when the test ends. */
export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true })
  onTestFinished(() => {
    socket.destroy()
  })
  let text = ""
  let reset = false
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1")
  })
  socket.on("error", () => {
    reset = true
  })
  const closed = new Promise<"end" | "reset">((resolve) => {
    socket.once("close", () => resolve(reset ? "reset" : "end"))
  })
  await new Promise<void>((resolve) => {
    socket.once("connect", resolve)
    socket.once("close", () => resolve())
  })
  return {
    socket,
    received: () => text,
    write: (bytes) => {
      socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes)
    },
    closed,
  }
}

/** Sends bytes on a connection of its own and returns all that comes back until it is closed. */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  const client = await connectRaw(port)
  client.write(bytes)
  await client.closed
  return client.received()
}
