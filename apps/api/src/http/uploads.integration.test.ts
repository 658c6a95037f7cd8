import { readdir } from "node:fs/promises"
import { type AddressInfo, connect } from "node:net"
import { route } from "@tintype/contract"
import { Invalid } from "@tintype/domain"
import type { FastifyInstance } from "fastify"
import { Type } from "typebox"
import { expect, vi } from "vitest"
import { type Api, test } from "../testing/api-test.ts"
import { serve } from "./serve.ts"

const upload = route({
  method: "POST",
  url: "/api/upload",
  summary: "",
  tag: "test",
  auth: "anyone",
  files: ["file", "thumbnail"],
  body: Type.Object({ description: Type.Optional(Type.String({ maxLength: 10 })) }),
  response: {
    200: Type.Object({ description: Type.String(), files: Type.Record(Type.String(), Type.Integer()) }),
  },
})

async function build(api: Api): Promise<FastifyInstance> {
  return api.withRoutes((app, ctx) => {
    serve(app, ctx, upload, async ({ body, files }) => {
      if (body.description === "fail") throw new Invalid("Validation failed: as asked")
      const file = files.get("file")
      if (body.description === "keep") await file?.keep(`originals/1/1/${file.sha256}`)
      return {
        description: body.description ?? "",
        files: Object.fromEntries([...files].map(([name, { size }]) => [name, size])),
      }
    })
  })
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries.filter((each) => each.isFile()).map((each) => each.name)
}

const send = (app: FastifyInstance, entries: readonly (readonly [string, string | Blob])[]) => {
  const form = new FormData()
  for (const [name, value] of entries) {
    if (typeof value === "string") form.append(name, value)
    else form.append(name, value, "a.jpg")
  }
  return app.inject({ method: "POST", url: "/api/upload", payload: form })
}

const photo = new Blob([new Uint8Array(100_000).fill(7)])

test("fields may come before and after the file", async ({ api, blobDir }) => {
  const app = await build(api)
  for (const entries of [
    [
      ["description", "lake"],
      ["file", photo],
    ] as const,
    [
      ["file", photo],
      ["description", "lake"],
    ] as const,
  ]) {
    const response = await send(app, entries)
    expect(response.json()).toEqual({ description: "lake", files: { file: 100_000 } })
  }
  expect(await filesIn(blobDir)).toEqual([])
})

test("what the handler keeps stays, the rest goes", async ({ api, blobDir }) => {
  const app = await build(api)
  const response = await send(app, [
    ["file", photo],
    ["thumbnail", photo],
    ["description", "keep"],
  ])
  expect(response.json().files).toEqual({ file: 100_000, thumbnail: 100_000 })
  const kept = await filesIn(blobDir)
  expect(kept).toHaveLength(1)
  await api.ctx.blobs.remove("originals/1/1")
})

test.for([
  [
    "the handler refuses",
    [
      ["file", photo],
      ["description", "fail"],
    ],
    422,
  ],
  [
    "a field breaks a rule",
    [
      ["file", photo],
      ["description", "far too long a description"],
    ],
    422,
  ],
  [
    "a file comes twice",
    [
      ["file", photo],
      ["file", photo],
    ],
    400,
  ],
  [
    "a file is too large",
    [
      ["thumbnail", photo],
      ["file", new Blob([new Uint8Array(2 * 1024 * 1024)])],
    ],
    413,
  ],
] as const)("nothing is left behind when %s", async ([, entries, status], { api, blobDir }) => {
  const response = await send(await build(api), entries)
  expect(response.statusCode).toBe(status)
  expect(response.json()).toHaveProperty("error")
  expect(await filesIn(blobDir)).toEqual([])
})

test("files of other fields are not even stored", async ({ api }) => {
  const response = await send(await build(api), [
    ["avatar", photo],
    ["file", photo],
  ])
  expect(response.json().files).toEqual({ file: 100_000 })
})

test("an empty file input of a browser counts as none", async ({ api }) => {
  const app = await build(api)
  const payload = `--X\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--X--\r\n`
  const headers = { "content-type": "multipart/form-data; boundary=X" }
  const response = await app.inject({ method: "POST", url: "/api/upload", headers, payload })
  expect(response.json()).toEqual({ description: "", files: {} })
})

const HEAD = `--X\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n`

test("a multipart body that is cut in the middle of a file is a 400 and leaves nothing", async ({
  api,
  blobDir,
}) => {
  const response = await (await build(api)).inject({
    method: "POST",
    url: "/api/upload",
    headers: { "content-type": "multipart/form-data; boundary=X" },
    payload: `${HEAD}${"x".repeat(50_000)}`,
  })
  expect(response.statusCode).toBe(400)
  expect(await filesIn(blobDir)).toEqual([])
})

async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: "127.0.0.1" })
  return (app.server.address() as AddressInfo).port
}

const requestHead = (length: number) =>
  `POST /api/upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: ${length}\r\n\r\n`

test("clients that go away in the middle leave nothing behind", async ({ api, blobDir }) => {
  const port = await listen(await build(api))
  const sockets = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = connect(port, "127.0.0.1")
      socket.write(`${requestHead(900_000)}${HEAD}${"x".repeat(300_000)}`)
      return socket
    }),
  )
  await vi.waitFor(async () => expect((await filesIn(blobDir)).length).toBeGreaterThan(0), { timeout: 5000 })
  for (const socket of sockets) socket.destroy()
  await vi.waitFor(async () => expect(await filesIn(blobDir)).toEqual([]), { timeout: 5000 })
})

test("a connection whose upload was refused goes on to serve", async ({ api }) => {
  const port = await listen(await build(api))
  const socket = connect(port, "127.0.0.1").setEncoding("utf8")
  let received = ""
  socket.on("data", (text: string) => {
    received += text
  })
  const body = `${HEAD}${"x".repeat(3 * 1024 * 1024)}\r\n--X--\r\n`
  socket.write(requestHead(body.length) + body)
  await vi.waitFor(() => expect(received).toMatch(/^HTTP\/1\.1 413 /), { timeout: 5000 })
  received = ""
  socket.write("GET /api/nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
  await vi.waitFor(() => expect(received).toMatch(/HTTP\/1\.1 404 [\s\S]*Record not found/), {
    timeout: 5000,
  })
  socket.destroy()
})
