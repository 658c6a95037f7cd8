import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, onTestFinished, test } from "vitest"
import { sendRaw } from "../testing/raw-client.ts"
import { readPlainHead } from "./read-plain-head.ts"

const HOST = "Host: localhost\r\n"

test.each([
  ["a request with a body", `POST / HTTP/1.1\r\n${HOST}\r\n`],
  ["a method in lower case", `get / HTTP/1.1\r\n${HOST}\r\n`],
  ["HTTP/1.0", `GET / HTTP/1.0\r\n${HOST}\r\n`],
  ["a version to come", `GET / HTTP/1.2\r\n${HOST}\r\n`],
  ["no headers", "GET / HTTP/1.1\r\n\r\n"],
  ["a head that is not complete", `GET / HTTP/1.1\r\n${HOST}`],
  ["two heads", `GET / HTTP/1.1\r\n${HOST}\r\nGET / HTTP/1.1\r\n${HOST}\r\n`],
  ["bytes behind it", `GET / HTTP/1.1\r\n${HOST}\r\nx`],
  ["an empty line before it", `\r\nGET / HTTP/1.1\r\n${HOST}\r\n`],
  ["two spaces", `GET  / HTTP/1.1\r\n${HOST}\r\n`],
  ["a tab for a space", `GET\t/ HTTP/1.1\r\n${HOST}\r\n`],
  ["a space in the target", `GET /a b HTTP/1.1\r\n${HOST}\r\n`],
  ["a target in absolute form", `GET http://localhost/ HTTP/1.1\r\n${HOST}\r\n`],
  ["a target beyond ASCII", `GET /é HTTP/1.1\r\n${HOST}\r\n`],
  ["a bare line feed", `GET / HTTP/1.1\n${HOST}\r\n`],
  ["a bare line feed between headers", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"],
  ["a bare carriage return", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"],
  ["a folded line", `GET / HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`],
  ["space before a colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"],
  ["a line without a colon", `GET / HTTP/1.1\r\n${HOST}X\r\n\r\n`],
  ["a header without a name", `GET / HTTP/1.1\r\n${HOST}: x\r\n\r\n`],
  ["a zero byte", "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n"],
  ["a value beyond ASCII", "GET / HTTP/1.1\r\nHost: a\r\nX: \xe9\r\n\r\n"],
  ["a header said twice", `GET / HTTP/1.1\r\n${HOST}Cookie: a=1\r\nCOOKIE: b=2\r\n\r\n`],
  ["a header that every object has", `GET / HTTP/1.1\r\n${HOST}__proto__: x\r\nconstructor: x\r\n\r\n`],
  ["a length", `GET / HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`],
  ["a transfer coding", `GET / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`],
  ["an expectation", `GET / HTTP/1.1\r\n${HOST}Expect: 100-continue\r\n\r\n`],
  ["an upgrade", `GET / HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
  ["an upgrade of which the connection says nothing", `GET / HTTP/1.1\r\n${HOST}Upgrade: h2c\r\n\r\n`],
  ["a connection to be closed", `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`],
  ["a connection that names headers", `GET / HTTP/1.1\r\n${HOST}Connection: keep-alive, x\r\n\r\n`],
  ["trailers", `GET / HTTP/1.1\r\n${HOST}TE: trailers\r\n\r\n`],
])("%s is left to the other parser", (_what, text) => {
  expect(readPlainHead(text)).toBeUndefined()
})

/** Where Node's parser tells what it makes of a head. */
async function askNode(): Promise<(text: string) => Promise<IncomingMessage | undefined>> {
  let heard: IncomingMessage | undefined
  const server = createServer({ requireHostHeader: false }, (req, res) => {
    heard = req
    res.writeHead(204, { connection: "close" }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return async (text) => {
    heard = undefined
    await sendRaw(port, text)
    return heard
  }
}

test.each([
  `GET / HTTP/1.1\r\n${HOST}\r\n`,
  `HEAD /a/b?c=d&e#f HTTP/1.1\r\n${HOST}\r\n`,
  'GET /%zz/../|{}"<>` HTTP/1.1\r\nhost:localhost\r\n\r\n',
  "GET / HTTP/1.1\r\nHost: \t a b \t \r\nX-Empty:\r\nX-Blank: \t\r\nX-Colon: a:b: c\r\n\r\n",
  `GET / HTTP/1.1\r\n${HOST}Connection: Keep-Alive\r\nCookie: a="b; c"\r\n!#$%&'*+-.^_\`|~09: x\r\n\r\n`,
  `GET / HTTP/1.1\r\n${HOST}${Array.from({ length: 90 }, (_, i) => `X-${i}: ${"v".repeat(i)}\r\n`).join("")}\r\n`,
])("what it reads Node's parser reads alike: %j", async (text) => {
  const ask = await askNode()
  const theirs = await ask(text)
  const ours = readPlainHead(text)

  expect(ours).toBeDefined()
  expect(ours).toEqual({
    method: theirs?.method,
    url: theirs?.url,
    headers: theirs?.headers,
    rawHeaders: theirs?.rawHeaders,
  })
})

/** Bytes that mean something in a head, and some that must not be there. */
const SEEDS = [
  "\r",
  "\n",
  "\r\n",
  "\r\n\r\n",
  ":",
  " ",
  "\t",
  "\0",
  "é",
  "\x7f",
  ",",
  "x",
  "GET ",
  "HTTP/1.1",
]
const WHOLE = `GET /a?b HTTP/1.1\r\n${HOST}Accept: */*\r\nConnection: keep-alive\r\nCookie: a=1; b=2\r\n\r\n`

test("nothing is put in, left out or doubled in a head that is then read otherwise than by Node", async () => {
  const ask = await askNode()
  const mutants = new Set<string>()
  for (let at = 0; at <= WHOLE.length; at++) {
    mutants.add(WHOLE.slice(0, at) + WHOLE.slice(at + 1))
    mutants.add(WHOLE.slice(0, at) + WHOLE.slice(at - 1))
    const seed = SEEDS[at % SEEDS.length] ?? ""
    mutants.add(WHOLE.slice(0, at) + seed + WHOLE.slice(at))
    mutants.add(WHOLE.slice(0, at) + seed + WHOLE.slice(at + seed.length))
  }
  let plain = 0
  for (const text of mutants) {
    const ours = readPlainHead(text)
    if (!ours) continue
    plain++
    const theirs = await ask(text)
    const { method, url, headers, rawHeaders } = theirs ?? {}
    expect({ text, method, url, headers, rawHeaders }).toEqual({ text, ...ours })
  }
  expect(plain).toBeGreaterThan(100)
})
