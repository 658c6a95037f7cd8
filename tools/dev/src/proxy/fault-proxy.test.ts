import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { expect, onTestFinished, test } from "vitest"
import { schedule } from "./conditions.ts"
import { type FaultProxy, openFaultProxy } from "./fault-proxy.ts"

/** A server that sends everything back. */
async function echo(): Promise<number> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on("error", () => undefined).pipe(socket)
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

async function proxied(): Promise<FaultProxy> {
  const proxy = await openFaultProxy(await echo())
  onTestFinished(() => proxy.close())
  return proxy
}

interface Client {
  socket: Socket
  heard: string[]
  error?: unknown
}

async function dial({ port }: FaultProxy): Promise<Client> {
  const socket = connect({ port, host: "127.0.0.1" })
  const client: Client = { socket, heard: [] }
  socket.on("data", (chunk) => client.heard.push(chunk.toString("latin1")))
  socket.on("error", (error) => {
    client.error = error
  })
  onTestFinished(() => void socket.destroy())
  await once(socket, "connect")
  return client
}

const said = ({ heard }: Client) => heard.join("")

test("passes everything on when nothing is wrong, and an end", async () => {
  const client = await dial(await proxied())
  const text = "x".repeat(300_000)
  client.socket.end(text)
  await once(client.socket, "end")
  expect(said(client) === text).toBe(true)
})

test("a cut resets what is open, and who comes next is served", async () => {
  const proxy = await proxied()
  const client = await dial(proxy)
  client.socket.write("a")
  await expect.poll(() => said(client)).toBe("a")
  proxy.cut()
  await expect.poll(() => client.error).toMatchObject({ code: "ECONNRESET" })
  const next = await dial(proxy)
  next.socket.write("b")
  await expect.poll(() => said(next)).toBe("b")
  await expect.poll(() => proxy.connections).toBe(1)
})

test("what is held arrives when it is over", async () => {
  const proxy = await proxied()
  const client = await dial(proxy)
  await proxy.set({ held: true })
  client.socket.write("late")
  const other = await dial(proxy)
  other.socket.write("too")
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(said(client) + said(other)).toBe("")
  await proxy.set({})
  await expect.poll(() => said(client) + said(other)).toBe("latetoo")
})

test("a stranded connection stays open and hears nothing, while others are served", async () => {
  const proxy = await proxied()
  const client = await dial(proxy)
  client.socket.write("a")
  await expect.poll(() => said(client)).toBe("a")
  const stranded = proxy.strand()
  client.socket.write("b")
  const other = await dial(proxy)
  other.socket.write("c")
  await expect.poll(() => said(other)).toBe("c")
  expect(said(client)).toBe("a")
  expect(client.error).toBeUndefined()
  stranded.reset()
  await expect.poll(() => client.error).toMatchObject({ code: "ECONNRESET" })
})

test("while it is down it refuses, and afterwards it listens on the same port", async () => {
  const proxy = await proxied()
  const client = await dial(proxy)
  await proxy.set({ down: true })
  await expect.poll(() => client.error).toBeDefined()
  await expect(dial(proxy)).rejects.toMatchObject({ code: "ECONNREFUSED" })
  await proxy.set({})
  const next = await dial(proxy)
  next.socket.write("b")
  await expect.poll(() => said(next)).toBe("b")
})

test("data comes in pieces, late and slowly", async () => {
  expect(schedule(25, { latencyMs: 40, sliceBytes: 10, bytesPerSecond: 1_000 })).toEqual([
    { bytes: 10, waitMs: 50 },
    { bytes: 10, waitMs: 10 },
    { bytes: 5, waitMs: 5 },
  ])
  expect(schedule(25, {})).toEqual([{ bytes: 25, waitMs: 0 }])
  const proxy = await proxied()
  await proxy.set({ sliceBytes: 1, latencyMs: 1 })
  const client = await dial(proxy)
  client.socket.write("pieces")
  await expect.poll(() => said(client)).toBe("pieces")
})
