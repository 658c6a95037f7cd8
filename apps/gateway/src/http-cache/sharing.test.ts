import type { IncomingMessage, ServerResponse } from "node:http"
import { describe, expect, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { connectRaw } from "../testing/raw-client.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { untilStill } from "../testing/until-still.ts"

const MIB = 1024 * 1024

/** A gateway before a backend whose answers the test gives one by one. */
async function startHeld() {
  const held: { req: IncomingMessage; res: ServerResponse }[] = []
  const backend = await startBackend((req, res) => held.push({ req, res }))
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })
  const url = `${gateway.origin}/api/photo`
  const arrived = (count: number) => vi.waitUntil(() => held.length >= count)
  const answer = (index: number, control: string, body = `answer ${index}`) =>
    held[index]?.res.writeHead(200, { "cache-control": control, "content-length": body.length }).end(body)
  return { backend, gateway, held, url, arrived, answer }
}

const openRequest = (path: string, headers = "") =>
  `GET ${path} HTTP/1.1\r\nHost: x.example\r\n${headers}\r\n`

describe("requests for the same", () => {
  test("reach the origin once, and all get its answer", async () => {
    const { held, url, arrived, answer } = await startHeld()
    const asked = Array.from({ length: 50 }, () => sendRequest(url))
    await arrived(1)
    // One that came later and was answered by itself shows that those before it were taken.
    await sendRequest(url.replace("/photo", "/none"), { headers: { "cache-control": "only-if-cached" } })
    answer(0, "max-age=60", "shared")

    const answers = await Promise.all(asked)
    expect(answers.map((each) => each.body.toString())).toEqual(Array(50).fill("shared"))
    expect(held).toHaveLength(1)
  })

  test("go their own way when the first answer is private", async () => {
    const { held, url, arrived, answer } = await startHeld()
    const first = sendRequest(url)
    await arrived(1)
    const others = [sendRequest(url), sendRequest(url)]
    await sendRequest(`${url}/none`, { headers: { "cache-control": "only-if-cached" } })
    answer(0, "private", "for the first")
    await arrived(3)
    answer(1, "private", "for another")
    answer(2, "private", "for another")

    expect((await first).body.toString()).toBe("for the first")
    for (const other of others) expect((await other).body.toString()).toBe("for another")
    expect(held).toHaveLength(3)
  })

  test("are not made to wait once it is known that answers are private", async () => {
    const { url, arrived, answer } = await startHeld()
    const first = sendRequest(url)
    await arrived(1)
    answer(0, "no-store")
    await first
    const next = [sendRequest(url), sendRequest(url)]
    await arrived(3)
    answer(1, "no-store")
    answer(2, "no-store")
    expect(await Promise.all(next)).toHaveLength(2)
  })

  test("go on when the client that asked first leaves", async () => {
    const { held, gateway, url, arrived, answer } = await startHeld()
    const first = await connectRaw(gateway.port)
    first.write(openRequest("/api/photo").replace("x.example", `127.0.0.1:${gateway.port}`))
    await arrived(1)
    const second = sendRequest(url)
    await sendRequest(`${url}/none`, { headers: { "cache-control": "only-if-cached" } })
    first.socket.destroy()
    await first.closed
    answer(0, "max-age=60", "shared")

    expect((await second).body.toString()).toBe("shared")
    expect(held).toHaveLength(1)
  })

  test("end at the origin when every client has left", async () => {
    const { held, gateway, arrived } = await startHeld()
    const only = await connectRaw(gateway.port)
    only.write(openRequest("/api/photo"))
    await arrived(1)
    expect(held[0]?.req.socket.destroyed).toBe(false)
    only.socket.destroy()
    await vi.waitFor(() => expect(held[0]?.req.socket.destroyed).toBe(true))
  })

  test("all break off when the origin does, and nothing is kept", async () => {
    const { held, url, arrived, answer } = await startHeld()
    const first = sendRequest(url)
    await arrived(1)
    const second = sendRequest(url)
    await sendRequest(`${url}/none`, { headers: { "cache-control": "only-if-cached" } })
    const both = Promise.allSettled([first, second])
    held[0]?.res.writeHead(200, { "cache-control": "max-age=60", "content-length": 100 })
    held[0]?.res.write("the first half of", () => held[0]?.req.socket.resetAndDestroy())

    expect((await both).map((each) => each.status)).toEqual(["rejected", "rejected"])
    const third = sendRequest(url)
    await arrived(2)
    answer(1, "max-age=60", "whole")
    expect((await third).body.toString()).toBe("whole")
  })

  test("join an answer that is under way", async () => {
    const { held, url, arrived } = await startHeld()
    const first = sendRequest(url)
    await arrived(1)
    held[0]?.res.writeHead(200, { "cache-control": "max-age=60" })
    held[0]?.res.write("one ")
    await untilStill(() => held.length)
    const second = sendRequest(url)
    await sendRequest(`${url}/none`, { headers: { "cache-control": "only-if-cached" } })
    held[0]?.res.end("two")

    expect((await first).body.toString()).toBe("one two")
    expect((await second).body.toString()).toBe("one two")
    expect(held).toHaveLength(1)
  })

  test("are kept apart by what they vary on, by tokens and by no-cache", async () => {
    const { held, url, arrived } = await startHeld()
    const asked = [sendRequest(url, { headers: { foo: "1" } })]
    await arrived(1)
    asked.push(sendRequest(url, { headers: { foo: "2" } }))
    asked.push(sendRequest(url, { headers: { foo: "1", authorization: "Bearer a" } }))
    asked.push(sendRequest(url, { headers: { foo: "1", "cache-control": "no-cache" } }))
    await arrived(3)
    const send = (index: number) =>
      held[index]?.res
        .writeHead(200, { "cache-control": "max-age=60", vary: "foo" })
        .end(`${held[index]?.req.headers.foo} ${held[index]?.req.headers.authorization ?? ""}`)
    for (const index of [0, 1, 2]) send(index)
    await arrived(4)
    send(3)

    const bodies = (await Promise.all(asked)).map((each) => each.body.toString())
    expect(bodies).toEqual(["1 ", "2 ", "1 Bearer a", "1 "])
  })
})

test("a stale answer is sent at once and replaced behind it, by one request", async () => {
  const { held, url, arrived, answer } = await startHeld()
  const ask = async () => (await sendRequest(url)).body.toString()
  const first = ask()
  await arrived(1)
  held[0]?.res
    .writeHead(200, { "cache-control": "max-age=50, stale-while-revalidate=100", age: "60" })
    .end("old")

  expect(await first).toBe("old")
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(["old", "old", "old"])
  await arrived(2)
  expect(await ask()).toBe("old")
  answer(1, "max-age=50", "new")
  await vi.waitFor(async () => expect(await ask()).toBe("new"))
  expect(held).toHaveLength(2)
})

describe("a large answer", () => {
  test("passes without being kept, no faster than its reader takes it", async () => {
    const size = 64 * MIB
    let written = 0
    const backend = await startBackend((_req, res) => {
      res.writeHead(200, { "cache-control": "max-age=60" })
      const more = () => {
        while (written < size && !res.destroyed) {
          written += 64 * 1024
          if (!res.write(Buffer.alloc(64 * 1024, "x"))) return res.once("drain", more)
        }
        return res.end()
      }
      more()
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const client = await connectRaw(gateway.port)
    client.socket.pause()
    client.write(openRequest("/api/large", "Connection: close\r\n"))
    await untilStill(() => written)
    expect(written).toBeLessThan(size / 2)

    let received = 0
    client.socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
      received += chunk.length
    })
    client.socket.resume()
    expect(await client.closed).toBe("end")
    expect(received).toBeGreaterThan(size)
  })

  test("that says its length is not waited for by others", async () => {
    const { held, url, arrived, answer } = await startHeld()
    const first = sendRequest(url)
    await arrived(1)
    const second = sendRequest(url)
    await sendRequest(`${url}/none`, { headers: { "cache-control": "only-if-cached" } })
    held[0]?.res.writeHead(200, { "cache-control": "max-age=60", "content-length": 3 * MIB })
    held[0]?.res.write("x")
    await arrived(2)
    held[0]?.res.end(Buffer.alloc(3 * MIB - 1))
    answer(1, "no-store", "its own")
    expect((await first).body).toHaveLength(3 * MIB)
    expect((await second).body.toString()).toBe("its own")
  })
})
