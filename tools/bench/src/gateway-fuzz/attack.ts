import { connect } from "node:net"

/** What came of one connection. */
export interface Outcome {
  /** All that came back, one character a byte. */
  text: string
  /** Whether it had to be cut. */
  hung: boolean
}

/** How long this side waits for a first answer, and for more of it, before it ends the connection. */
const FIRST_ANSWER_MS = 250
const MORE_MS = 5
/** Longer than the gateway lets anything of the kind wait. */
const PATIENCE_MS = 30_000

/** Sends bytes on a connection of its own, ends it on this side when it is quiet, and reads until the other ends it. */
export function attack(port: number, bytes: string): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const socket = connect({ port, host: "127.0.0.1", noDelay: true })
  let text = ""
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    socket.destroy()
  }, PATIENCE_MS)
  const end = () => void socket.end()
  let quiet = setTimeout(end, FIRST_ANSWER_MS)
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1")
    clearTimeout(quiet)
    quiet = setTimeout(end, MORE_MS)
  })
  // A reset is an answer like another.
  socket.on("error", () => {})
  socket.once("close", () => {
    clearTimeout(timer)
    clearTimeout(quiet)
    resolve({ text, hung })
  })
  socket.write(bytes, "latin1")
  return promise
}

/** The heads of the answers on a connection: what each says of itself. */
export function answersIn(text: string): { status: number; id: string | undefined }[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) [^\r]*\r\n((?:[^\r\n]+\r\n)*)\r\n/g)]
    .map(([, status, fields = ""]) => ({
      status: Number(status),
      id: /^x-request-id: (.*)$/im.exec(fields)?.[1]?.trim(),
    }))
    .filter(({ status }) => status >= 200)
}
