import { describe, expect, test } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { connectRaw } from "../testing/raw-client.ts"
import { type RawReplica, startRawReplica } from "../testing/raw-replica.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { untilStill } from "../testing/until-still.ts"

const head = (...lines: string[]) => `${["HTTP/1.1 200 OK", ...lines].join("\r\n")}\r\n\r\n`
const chunked = (...parts: string[]) => head("Transfer-Encoding: chunked") + parts.join("")
const PLAIN = `${head("Content-Length: 2")}ok`
const LONG = "x".repeat(300_000)

const setUp = async () => {
  const replica = await startRawReplica()
  const gateway = await startGateway({ apiUpstreams: [replica.origin] })
  const ask = (next: RawReplica["next"], method = "GET") => {
    replica.next = next
    return sendRequest(`${gateway.origin}/api/x`, { method })
  }
  return { replica, gateway, ask }
}

/** Responses that mean one thing: name, bytes, body, whether the connection may carry another request. */
const SOUND: ReadonlyArray<readonly [name: string, bytes: string, body: string, reused: boolean]> = [
  ["a length", PLAIN, "ok", true],
  ["no body", head("Content-Length: 0"), "", true],
  ["a body longer than one read", `${head(`Content-Length: ${LONG.length}`)}${LONG}`, LONG, true],
  ["a line break in the body", `${head("content-length: 4")}\r\n\r\n`, "\r\n\r\n", true],
  ["space around values", `${head("Content-Length: \t 2 \t")}ok`, "ok", true],
  ["no reason", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", "ok", true],
  ["no space for a reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "ok", true],
  ["hints before it", `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${PLAIN}`, "ok", true],
  ["Continue before it", `HTTP/1.1 100 Continue\r\n\r\n${PLAIN}`, "ok", true],
  ["chunks", chunked("2\r\nab\r\n", "1\r\nc\r\n", "0\r\n\r\n"), "abc", true],
  ["a chunk of line breaks", chunked("4\r\n\r\n\r\n\r\n", "0\r\n\r\n"), "\r\n\r\n", true],
  ["chunk extensions", chunked('2;a=b;c="d"\r\nab\r\n', "0;z\r\n\r\n"), "ab", true],
  ["trailers", chunked("2\r\nab\r\n", "0\r\nDigest: x\r\nContent-Length: 7\r\n\r\n"), "ab", true],
  ["a long chunk", chunked(`${LONG.length.toString(16)}\r\n${LONG}\r\n`, "0\r\n\r\n"), LONG, true],
  ["Connection: close", `${head("Content-Length: 2", "Connection: Close")}ok`, "ok", false],
  ["no time to stay open", `${head("Content-Length: 2", "Keep-Alive: timeout=1")}ok`, "ok", false],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", false],
]

describe("a response that means one thing is passed on", () => {
  test.for(SOUND)("%s", async ([, bytes, body, reused]) => {
    const { replica, ask } = await setUp()
    for (const next of [{ bytes }, { bytes, piece: bytes.length > 1000 ? 50_021 : 1 }]) {
      replica.asked = []
      const answer = await ask(next)
      const after = await ask({ bytes: PLAIN })

      expect([answer.status, answer.body.toString("latin1")]).toEqual([200, body])
      expect([after.status, after.body.toString()]).toEqual([200, "ok"])
      const [first, second, ...more] = replica.asked
      expect(second?.on === first?.on).toBe(reused)
      expect(more).toEqual([])
    }
  })

  test("without a length it is over when the connection is", async () => {
    const { ask } = await setUp()
    const answer = await ask({ bytes: `${head()}all of it`, cut: true })
    expect(answer.body.toString()).toBe("all of it")
  })

  test.for([
    ["HEAD", head("Content-Length: 5"), true],
    ["HEAD", head("Transfer-Encoding: chunked"), true],
    ["GET", "HTTP/1.1 204 No Content\r\n\r\n", true],
    ["GET", 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n', true],
    ["GET", "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", false],
    ["GET", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", false],
  ] as const)("%s has no body where none may be: %j", async ([method, bytes, reused]) => {
    const { replica, ask } = await setUp()
    const answer = await ask({ bytes }, method)
    const after = await ask({ bytes: PLAIN })

    expect([answer.status, answer.body.length]).toEqual([Number(bytes.slice(9, 12)), 0])
    expect(after.body.toString()).toBe("ok")
    expect(replica.asked[1]?.on === replica.asked[0]?.on).toBe(reused)
  })

  test("it waits for a client that does not read, and comes whole once it does", async () => {
    const all = 48 * 1024 ** 2
    let written = 0
    const backend = await startBackend((_req, res) => {
      res.writeHead(200, { "content-length": all })
      const more = () => {
        while (written < all) {
          written += 1024 ** 2
          if (!res.write(Buffer.alloc(1024 ** 2, 1))) return
        }
        res.end()
      }
      res.on("drain", more)
      more()
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const answer = await fetch(`${gateway.origin}/api/x`)
    await untilStill(() => written)
    expect(written).toBeLessThan(all)

    const received = Buffer.from(await answer.arrayBuffer())
    expect([received.length, received.indexOf(0)]).toEqual([all, -1])
  })

  test("several lines of one name stay several", async () => {
    const { ask } = await setUp()
    const cookies = ["Set-Cookie: a=1", "set-cookie: b=2"]
    const { headers } = await ask({ bytes: `${head("Content-Length: 2", ...cookies)}ok` })
    expect(headers["set-cookie"]).toEqual(["a=1", "b=2"])
  })
})

/** Responses that two readers could take apart differently, or that are none. Written from RFC 9112. */
const ODD: ReadonlyArray<readonly [name: string, bytes: string]> = [
  ["two equal lengths", `${head("Content-Length: 2", "Content-Length: 2")}ok`],
  ["two lengths", `${head("Content-Length: 2", "Content-Length: 9")}ok`],
  ["a list of lengths", `${head("Content-Length: 2, 2")}ok`],
  ["a length with a sign", `${head("Content-Length: +2")}ok`],
  ["a length in hexadecimal", `${head("Content-Length: 0x2")}ok`],
  ["an empty length", `${head("Content-Length:")}ok`],
  ["a length beyond all numbers", `${head("Content-Length: 99999999999999999999")}ok`],
  ["a length beside chunks", `${head("Content-Length: 2", "Transfer-Encoding: chunked")}0\r\n\r\n`],
  ["two codings", `${head("Transfer-Encoding: gzip, chunked")}0\r\n\r\n`],
  ["chunked twice", `${head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")}0\r\n\r\n`],
  ["an unknown coding", `${head("Transfer-Encoding: xchunked")}0\r\n\r\n`],
  ["identity", `${head("Transfer-Encoding: identity")}ok`],
  ["chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["space before the colon", `${head("Content-Length : 2")}ok`],
  ["a folded line", `${head("X: a", " b", "Content-Length: 2")}ok`],
  ["a line without a colon", `${head("Content-Length: 2", "what")}ok`],
  ["a bare line feed", "HTTP/1.1 200 OK\r\nX: a\nContent-Length: 9\r\nContent-Length: 2\r\n\r\nok"],
  ["a bare carriage return", "HTTP/1.1 200 OK\r\nX: a\rContent-Length: 9\r\nY: b\r\n\r\nok"],
  ["a null character", `${head("X: a\0b", "Content-Length: 2")}ok`],
  ["a name with a space", `${head("Content Length: 2")}ok`],
  ["an empty name", `${head(": x", "Content-Length: 2")}ok`],
  ["another protocol", "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
  ["two digits", "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok"],
  ["a status beyond all", "HTTP/1.1 999 What\r\nContent-Length: 2\r\n\r\nok"],
  ["a line break before it", `\r\n${PLAIN}`],
  ["a switch nobody asked for", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
  ["more than 100 headers", `${head(...Array.from({ length: 101 }, (_, n) => `X-${n}: 1`))}ok`],
  ["a head over 32 KiB", `${head(`X: ${"a".repeat(40_000)}`, "Content-Length: 2")}ok`],
  ["hints without an end", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(20) + PLAIN],
]

describe("a response that can be read in two ways is 502, and its connection is not used again", () => {
  test.for(ODD)("%s", async ([, bytes]) => {
    const { replica, ask } = await setUp()
    for (const next of [{ bytes }, { bytes, piece: bytes.length > 3000 ? 1021 : 1 }]) {
      replica.asked = []
      const answer = await ask(next)
      const after = await ask({ bytes: PLAIN })

      expect(answer.status).toBe(502)
      expect([after.status, after.body.toString()]).toEqual([200, "ok"])
      expect(replica.asked[1]?.on).not.toBe(replica.asked[0]?.on)
    }
  })

  test.for([
    ["a size that is no number", "x\r\nab\r\n0\r\n\r\n"],
    ["a size with 0x", "0x2\r\nab\r\n0\r\n\r\n"],
    ["a negative size", "-2\r\nab\r\n0\r\n\r\n"],
    ["an empty size", "\r\nab\r\n0\r\n\r\n"],
    ["a size beyond all numbers", "fffffffffffffffff\r\nab\r\n0\r\n\r\n"],
    ["more than announced", "2\r\nabc\r\n0\r\n\r\n"],
    ["a line feed alone", "2\nab\r\n0\r\n\r\n"],
    ["a line feed alone after data", "2\r\nab\n0\r\n\r\n"],
    ["an extension over 1 KiB", `2;${"a".repeat(2000)}\r\nab\r\n0\r\n\r\n`],
    ["trailers without an end", `0\r\n${"X: a\r\n".repeat(200)}\r\n`],
  ] as const)("chunks with %s end in a reset", async ([, body]) => {
    const { replica, gateway, ask } = await setUp()
    replica.next = { bytes: chunked("1\r\na\r\n", body) }
    const client = await connectRaw(Number(new URL(gateway.origin).port))
    client.write("GET /api/x HTTP/1.1\r\nHost: photos.example\r\n\r\n")

    expect(await client.closed).toBe("reset")
    expect((await ask({ bytes: PLAIN })).body.toString()).toBe("ok")
    expect(replica.asked[1]?.on).not.toBe(replica.asked[0]?.on)
  })

  test("what comes behind a response goes with the connection", async () => {
    const { replica, ask } = await setUp()
    const answer = await ask({ bytes: `${PLAIN}HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad` })
    const after = await ask({ bytes: PLAIN })

    expect([answer.body.toString(), after.body.toString()]).toEqual(["ok", "ok"])
    expect(replica.asked[1]?.on).not.toBe(replica.asked[0]?.on)
  })

  test("what comes while nobody has asked is no answer to whoever asks next", async () => {
    const { replica, ask } = await setUp()
    await ask({ bytes: PLAIN })
    const first = replica.asked[0]?.on
    const closed = new Promise((resolve) => first?.once("close", resolve))
    first?.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad")
    await closed

    expect((await ask({ bytes: PLAIN })).body.toString()).toBe("ok")
  })
})
