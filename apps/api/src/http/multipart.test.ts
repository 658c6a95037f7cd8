import { expect, test } from "vitest"
import { BadRequest } from "./bad-request.ts"
import { boundaryOf, readParts } from "./multipart.ts"

interface Read {
  name: string
  filename: string | undefined
  text: string
}

async function* pieces(body: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

async function readAll(body: string | Buffer, size = 1 << 16, boundary = "XX"): Promise<Read[]> {
  const read: Read[] = []
  for await (const { name, filename, content } of readParts(pieces(Buffer.from(body), size), boundary)) {
    const chunks: Buffer[] = []
    for await (const chunk of content) chunks.push(chunk)
    read.push({ name, filename, text: Buffer.concat(chunks).toString("latin1") })
  }
  return read
}

const part = (headers: string, content: string) => `--XX\r\n${headers}\r\n\r\n${content}\r\n`
const field = (name: string, content: string) =>
  part(`Content-Disposition: form-data; name="${name}"`, content)
const FILE = `Content-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg`
const END = "--XX--\r\n"

const TRICKY = "\r\n--X\r\n--\r\n--XY\r\n\r\n-\r--XX\n--XX\r"

test("the parts are the same however the stream is cut into pieces", async () => {
  const body = `${field("a", "1")}${part(FILE, TRICKY)}${field("b", "ü")}${END}`
  const whole = await readAll(body)
  expect(whole).toEqual([
    { name: "a", filename: undefined, text: "1" },
    { name: "file", filename: "a.jpg", text: TRICKY },
    { name: "b", filename: undefined, text: Buffer.from("ü").toString("latin1") },
  ])
  for (let size = 1; size < body.length; size++) expect(await readAll(body, size)).toEqual(whole)
})

test("random bytes come through unchanged", async () => {
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3)) % 256))
  const body = Buffer.concat([Buffer.from(`--XX\r\n${FILE}\r\n\r\n`), bytes, Buffer.from(`\r\n${END}`)])
  for (const size of [1, 3, 64, 1000]) {
    expect((await readAll(body, size))[0]?.text).toBe(bytes.toString("latin1"))
  }
})

test("preamble, epilogue and white space after the boundary are passed over", async () => {
  const body = `hello\r\n--XX  \r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--XX--\r\ngood bye`
  expect(await readAll(body)).toEqual([{ name: "a", filename: undefined, text: "1" }])
})

test("what nobody reads of a part is skipped", async () => {
  const names: string[] = []
  const body = `${part(FILE, "x".repeat(10_000))}${field("a", "1")}${END}`
  for await (const { name } of readParts(pieces(Buffer.from(body), 100), "XX")) names.push(name)
  expect(names).toEqual(["file", "a"])
})

test.for([
  [`form-data; name="a\\"b"`, 'a"b', undefined],
  [`form-data; filename="x; name=evil.jpg"; name=good`, "good", "x; name=evil.jpg"],
  [`form-data; name="media_ids[]"`, "media_ids[]", undefined],
  [`form-data; name="file"; filename*=UTF-8''%C3%BC.jpg`, "file", "UTF-8''%C3%BC.jpg"],
  [`form-data; name="file"; filename=""`, "file", ""],
] as const)("%s is read", async ([disposition, name, filename]) => {
  const read = await readAll(`${part(`Content-Disposition: ${disposition}`, "1")}${END}`)
  expect(read[0]).toMatchObject({ name, filename })
})

const whole = `${field("a", "1")}${part(FILE, "photo")}${END}`

test("a body that ends too early is refused, wherever it was cut", async () => {
  for (let length = 0; length < whole.length - 2; length++) {
    await expect(readAll(whole.slice(0, length), 7), `after ${length} bytes`).rejects.toThrow(BadRequest)
  }
})

test.for([
  ["a part without a name", part("Content-Type: text/plain", "1") + END],
  ["a part without headers", `--XX\r\n\r\n\r\n1\r\n${END}`],
  ["endless headers", `--XX\r\nX: ${"y".repeat(100_000)}`],
  ["an endless preamble", "z".repeat(100_000)],
] as const)("%s is refused", async ([, body]) => {
  await expect(readAll(body)).rejects.toThrow(BadRequest)
})

test("an error of the stream reaches whoever reads a part", async () => {
  async function* cut(): AsyncGenerator<Buffer> {
    yield Buffer.from(`--XX\r\n${FILE}\r\n\r\nhalf a ph`)
    throw new Error("aborted")
  }
  const reading = async () => {
    for await (const { content } of readParts(cut(), "XX")) {
      for await (const chunk of content) expect(chunk.length).toBeGreaterThan(0)
    }
  }
  await expect(reading()).rejects.toThrow("aborted")
})

test.for([
  ["multipart/form-data; boundary=abc", "abc"],
  ['Multipart/Form-Data; charset=utf-8; boundary="a b"', "a b"],
  ["multipart/form-data", undefined],
  ["multipart/mixed; boundary=abc", undefined],
  ["application/json", undefined],
] as const)("the boundary of %s is %s", ([type, boundary]) => {
  expect(boundaryOf(type)).toBe(boundary)
})
