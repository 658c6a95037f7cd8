import { once } from "node:events"
import { connect, constants } from "node:http2"
import { createServer } from "node:net"
import { text } from "node:stream/consumers"
import { expect, onTestFinished, test } from "vitest"
import type { Exchange } from "../exchange.ts"
import { H2Sessions } from "./h2-sessions.ts"

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants
const MOST_RESETS = 3

/** What is asked for `/slow` is answered when the test says so, the rest never. */
async function open() {
  const slow = Promise.withResolvers<Exchange>()
  const sessions = new H2Sessions(
    (exchange) => exchange.req.url === "/slow" && slow.resolve(exchange),
    10_000,
    MOST_RESETS,
  )
  const server = createServer((socket) => sessions.serve(socket)).listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  const session = connect(`http://127.0.0.1:${address.port}`)
  onTestFinished(() => {
    session.destroy()
    server.close()
  })
  return { session, slow: slow.promise }
}

async function breakOff(session: Awaited<ReturnType<typeof open>>["session"]): Promise<void> {
  const stream = session.request({ ":path": "/broken" })
  stream.on("error", () => {}).close(NGHTTP2_CANCEL)
  await once(stream, "close")
}

test("a client that has broken off very many streams is led to another connection, and gets what it asked for before", async () => {
  const { session, slow } = await open()
  const goaway = once(session, "goaway")
  const answer = session.request({ ":path": "/slow" })
  const exchange = await slow
  for (let n = 1; n < MOST_RESETS; n++) await breakOff(session)
  expect(session.closed).toBe(false)

  await breakOff(session)
  const [code] = await goaway
  expect(code).toBe(NGHTTP2_NO_ERROR)
  exchange.res.writeHead(200, { "content-length": 4 })
  exchange.res.end(Buffer.from("late"))
  expect(await text(answer)).toBe("late")
})
