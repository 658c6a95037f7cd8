import { route } from "@tintype/contract"
import { Type } from "typebox"
import { expect } from "vitest"
import { type Api, test } from "../testing/api-test.ts"
import { answer, page, serve } from "./serve.ts"

const echo = route({
  method: "POST",
  url: "/api/echo",
  summary: "",
  tag: "test",
  auth: "anyone",
  idempotencyKey: true,
  body: Type.Object({
    status: Type.String({ maxLength: 20 }),
    media_ids: Type.Array(Type.String(), { default: [] }),
    sensitive: Type.Boolean({ default: false }),
    source: Type.Optional(Type.Object({ privacy: Type.Optional(Type.String()) })),
  }),
  response: { 200: Type.Object({ body: Type.Unknown(), key: Type.Optional(Type.String()) }) },
})

const keyless = route({
  method: "POST",
  url: "/api/keyless",
  summary: "",
  tag: "test",
  auth: "anyone",
  response: { 200: Type.Object({ key: Type.Boolean() }) },
})

const list = route({
  method: "GET",
  url: "/api/list/:id",
  summary: "",
  tag: "test",
  auth: "anyone",
  params: Type.Object({ id: Type.String({ pattern: "^[0-9]+$" }) }),
  query: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 3, default: 2 }) }),
  response: { 200: Type.Array(Type.Object({ id: Type.String() })) },
  paged: true,
})

const accepted = route({
  method: "GET",
  url: "/api/accepted",
  summary: "",
  tag: "test",
  auth: "anyone",
  response: { 200: Type.Object({ id: Type.String() }), 202: Type.Object({ id: Type.String() }) },
})

const build = (api: Api) =>
  api.withRoutes((app, ctx) => {
    serve(app, ctx, echo, ({ body, idempotencyKey }) => ({
      body,
      ...(idempotencyKey === undefined ? {} : { key: idempotencyKey }),
    }))
    serve(app, ctx, keyless, ({ idempotencyKey }) => ({ key: idempotencyKey !== undefined }))
    serve(app, ctx, list, ({ query }) => {
      const items = ["9", "8", "7"].slice(0, query.limit).map((id) => ({ id, secret: "not of the contract" }))
      return page(items, { newest: items[0]?.id, oldest: items.at(-1)?.id })
    })
    serve(app, ctx, accepted, () => answer(202, { id: "1" }, { "x-more": "yes" }))
  })

const expected = {
  body: { status: "Grüße & 🎞", media_ids: ["1", "2"], sensitive: true, source: { privacy: "unlisted" } },
}

test("JSON, a form and multipart mean the same", async ({ api }) => {
  const app = await build(api)
  const text = "Grüße & 🎞"
  const pairs = [
    ["media_ids[]", "1"],
    ["status", text],
    ["media_ids[]", "2"],
    ["sensitive", "1"],
    ["source[privacy]", "unlisted"],
  ] as const
  const multipart = new FormData()
  for (const [name, value] of pairs) multipart.append(name, value)
  const form = pairs.map((pair) => pair.map(encodeURIComponent).join("=")).join("&")
  const request = { method: "POST", url: "/api/echo" } as const
  const answers = [
    await app.inject({ ...request, payload: { ...expected.body, media_ids: [1, 2] } }),
    await app.inject({
      ...request,
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      payload: form,
    }),
    await app.inject({ ...request, payload: multipart }),
  ]
  for (const each of answers) expect(each.json()).toEqual(expected)
})

test("files where no route wants them are passed over", async ({ api }) => {
  const app = await build(api)
  const form = new FormData()
  form.append("file", new Blob(["x".repeat(1000)]), "a.jpg")
  form.append("status", "hello")
  const response = await app.inject({ method: "POST", url: "/api/echo", payload: form })
  expect(response.json().body).toEqual({ status: "hello", media_ids: [], sensitive: false })
})

test("what is nobody's business does not get in", async ({ api }) => {
  const app = await build(api)
  const payload = `{"status":"x","role":"admin","id":"1","__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}`
  const response = await app.inject({
    method: "POST",
    url: "/api/echo",
    headers: { "content-type": "application/json" },
    payload,
  })
  expect(response.json().body).toEqual({ status: "x", media_ids: [], sensitive: false })
})

test("what is not of the contract does not get out", async ({ api }) => {
  const response = await (await build(api)).inject("/api/list/1")
  expect(response.json()).toEqual([{ id: "9" }, { id: "8" }])
})

test("a page has its neighbours in the Link header, next first", async ({ api }) => {
  const response = await (await build(api)).inject("/api/list/1?limit=50&max_id=12&x=y")
  const url = `${api.ctx.settings.publicUrl}/api/list/1?limit=50&x=y`
  expect(response.headers.link).toBe(`<${url}&max_id=7>; rel="next", <${url}&min_id=9>; rel="prev"`)
})

test("an answer may have another status and headers", async ({ api }) => {
  const response = await (await build(api)).inject("/api/accepted")
  expect(response.statusCode).toBe(202)
  expect(response.headers["x-more"]).toBe("yes")
})

test("an Idempotency-Key is handed on where the route honours it, one that is too long refused", async ({
  api,
}) => {
  const app = await build(api)
  const request = { method: "POST", url: "/api/echo", payload: { status: "x" } } as const
  const short = await app.inject({ ...request, headers: { "idempotency-key": "abc" } })
  expect(short.json().key).toBe("abc")
  const elsewhere = { method: "POST", url: "/api/keyless", headers: { "idempotency-key": "abc" } } as const
  expect((await app.inject(elsewhere)).json()).toEqual({ key: false })
  const long = await app.inject({ ...request, headers: { "idempotency-key": "x".repeat(256) } })
  expect(long.statusCode).toBe(422)
  expect(long.json().error).toMatch(/^Validation failed: Idempotency-Key/)
})

test.for([
  [
    "a body that breaks a rule",
    { payload: { status: "x".repeat(21) } },
    422,
    /^Validation failed: status is too long/,
  ],
  ["broken JSON", { payload: '{"status":' }, 400, /JSON/],
  ["an empty body", { payload: "" }, 422, /^Validation failed: status can't be blank/],
  ["a body of another type", { payload: "x", headers: { "content-type": "text/plain" } }, 415, /Media Type/],
  ["too large a body", { payload: JSON.stringify({ status: "x".repeat(600_000) }) }, 413, /too large/],
  [
    "multipart without a boundary",
    { payload: "x", headers: { "content-type": "multipart/form-data" } },
    400,
    /boundary/,
  ],
  [
    "empty multipart",
    { payload: "", headers: { "content-type": "multipart/form-data; boundary=X" } },
    400,
    /too early/,
  ],
  [
    "cut multipart",
    {
      payload: '--X\r\nContent-Disposition: form-data; name="status"\r\n\r\nhal',
      headers: { "content-type": "multipart/form-data; boundary=X" },
    },
    400,
    /too early/,
  ],
] as const)("%s is told in words", async ([, { payload, ...rest }, status, words], { api }) => {
  const app = await build(api)
  const headers = "headers" in rest ? rest.headers : { "content-type": "application/json" }
  const response = await app.inject({ method: "POST", url: "/api/echo", headers, payload })
  expect(response.statusCode).toBe(status)
  expect(response.headers["content-type"]).toMatch(/^application\/json/)
  expect(response.json().error).toMatch(words)
})

test("a form of too many parts is refused", async ({ api }) => {
  const app = await build(api)
  const form = new FormData()
  for (let i = 0; i < 300; i++) form.append("media_ids[]", String(i))
  const response = await app.inject({ method: "POST", url: "/api/echo", payload: form })
  expect(response.statusCode).toBe(413)
})
