import { createLogger } from "@tintype/observe"
import { expect, onTestFinished, test } from "vitest"
import type { Reply } from "../exchange.ts"
import { GatewayServer } from "../server.ts"
import { connectRaw } from "../testing/raw-client.ts"

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

/** What a client gets that asks once, where `answer` answers. */
async function ask(answer: (reply: Reply) => void) {
  const server = new GatewayServer(({ res }) => answer(res), createLogger("gateway", "fatal"))
  const port = await server.listen(0, "127.0.0.1")
  onTestFinished(() => server.drain(0, 0))
  const client = await connectRaw(port)
  client.write(GET)
  return client
}

test.each([
  ["more than it said", (res: Reply) => res.end(Buffer.from("five5"))],
  ["less than it said", (res: Reply) => res.end(Buffer.from("two"))],
  ["nothing", (res: Reply) => res.end()],
  ["more than it said, piece by piece", (res: Reply) => [1, 2, 3].map(() => res.write(Buffer.from("ab")))],
])("an answer of %s is cut off", async (_what, write) => {
  const client = await ask((res) => {
    res.writeHead(200, { "content-length": 4 })
    write(res)
  })

  expect(await client.closed).toBe("reset")
})

test("an answer in pieces that are as long as it said is whole", async () => {
  const client = await ask((res) => {
    res.shouldKeepAlive = false
    res.writeHead(200, { "content-length": 4, "x-list": ["a", "b"] })
    res.write(Buffer.from("ab"))
    res.end("\xffd", "latin1")
  })

  expect(await client.closed).toBe("end")
  expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\nab\xffd$/)
  expect(client.received()).toContain("x-list: a\r\nx-list: b\r\n")
})

test.each([
  ["a value", { "x-name": "a\r\nset-cookie: b" }],
  ["a value of several", { "x-name": ["a", "b\nc"] }],
  ["a name", { "x-name: a\r\nset-cookie": "b" }],
  ["a character of more than a byte", { "x-name": "\u010d\u010a" }],
])("a line break in %s is a 500 and not another header", async (_where, headers) => {
  const client = await ask((res) => {
    res.shouldKeepAlive = false
    res.writeHead(200, headers)
    res.end()
  })
  await client.closed

  expect(client.received()).toMatch(/^HTTP\/1\.1 500 /)
  expect(client.received()).not.toContain("set-cookie")
})
