import { connect, type TLSSocket } from "node:tls"
import { onTestFinished } from "vitest"

/** Types of HTTP/2 frames (RFC 9113 §6). */
export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  continuation: 9,
} as const
export const END_STREAM = 1
export const END_HEADERS = 4

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Fields as they are, neither compressed nor indexed (RFC 7541 §6.2.2); texts of up to 16 KB. */
export function fields(list: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(list.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]))
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1")
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const rest = bytes.length - 127
  const length = rest < 128 ? [127, rest] : [127, (rest & 127) | 128, rest >> 7]
  return Buffer.concat([Buffer.from(length), bytes])
}

export interface H2Frame {
  type: number
  flags: number
  stream: number
  payload: Buffer
}

/** A client that sends the frames that it is told to. */
export interface FrameClient {
  send(...frames: Buffer[]): void
  received: readonly H2Frame[]
  closed: Promise<void>
  readonly isClosed: boolean
}

/** Connects by TLS and says hello as HTTP/2 has it. */
export async function connectFrames(port: number): Promise<FrameClient> {
  const socket: TLSSocket = connect({
    port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    ALPNProtocols: ["h2"],
  })
  onTestFinished(() => void socket.destroy())
  await new Promise<void>((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject))
  const received: H2Frame[] = []
  let buffered = Buffer.alloc(0)
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    while (buffered.length >= 9 && buffered.length >= 9 + buffered.readUIntBE(0, 3)) {
      const length = buffered.readUIntBE(0, 3)
      received.push({
        type: buffered.readUInt8(3),
        flags: buffered.readUInt8(4),
        stream: buffered.readUInt32BE(5),
        payload: buffered.subarray(9, 9 + length),
      })
      buffered = buffered.subarray(9 + length)
    }
  })
  socket.on("error", () => {})
  let isClosed = false
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      isClosed = true
      resolve()
    })
  })
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
  socket.write(frame(FRAME.settings, 0, 0))
  return {
    send: (...frames) => void socket.write(Buffer.concat(frames)),
    received,
    closed,
    get isClosed() {
      return isClosed
    },
  }
}
