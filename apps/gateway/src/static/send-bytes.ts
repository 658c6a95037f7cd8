import type { OutgoingHttpHeaders } from "node:http"
import type { Readable } from "node:stream"
import { answerError } from "../answer.ts"
import { beginResponse, type Exchange } from "../exchange.ts"
import { endWith } from "../proxy/end-with.ts"
import { type ByteRange, readRange } from "./byte-range.ts"

/** Something of a known size that can be read in part. */
export interface Bytes {
  size: number
  /** A strong entity tag, quotes included. */
  etag: string
  /** All at once where they are in memory. */
  read(range: ByteRange): Readable | Buffer
}

/**
 * Answers GET and HEAD with `bytes`: conditional requests, a single range, and back pressure from slow readers.
 * A read that fails half way cuts the connection, so that the client does not take a part for the whole.
 *
 * @returns when the answer is over
 */
export function sendBytes(
  exchange: Exchange,
  bytes: Bytes,
  headers: OutgoingHttpHeaders,
): void | Promise<void> {
  const { req } = exchange
  const shared = { ...headers, etag: bytes.etag, "accept-ranges": "bytes" }
  if (matchesTag(req.headers["if-none-match"], bytes.etag)) {
    if (beginResponse(exchange, 304, withoutContent(shared))) exchange.res.end()
    return
  }
  const range = rangeOf(exchange, bytes)
  if (range === "unsatisfiable") {
    answerError(
      exchange,
      { status: 416, error: "The range lies outside the file" },
      { "content-range": `bytes */${bytes.size}` },
    )
    return
  }
  const length = range ? range.end - range.start + 1 : bytes.size
  const sent: OutgoingHttpHeaders = { ...shared, "content-length": length }
  if (range) sent["content-range"] = `bytes ${range.start}-${range.end}/${bytes.size}`
  if (!beginResponse(exchange, range ? 206 : 200, sent)) return
  if (req.method === "HEAD" || length === 0) {
    exchange.res.end()
    return
  }
  const content = bytes.read(range ?? whole(bytes))
  if (!Buffer.isBuffer(content)) return stream(exchange, content, length)
  endWith(exchange.res, content)
}

/** Whether an `If-None-Match` header names the tag, compared weakly (RFC 9110 §13.1.2). */
export function matchesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === "*") return true
  return header.split(",").some((each) => each.trim().replace(/^W\//, "") === etag)
}

function rangeOf({ req }: Exchange, bytes: Bytes): ByteRange | undefined | "unsatisfiable" {
  const condition = req.headers["if-range"]
  if (req.method !== "GET" || (condition !== undefined && condition !== bytes.etag)) return undefined
  return readRange(req.headers.range, bytes.size)
}

const whole = ({ size }: Bytes): ByteRange => ({ start: 0, end: size - 1 })

function withoutContent(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const { "content-type": _type, "content-encoding": _coding, ...rest } = headers
  return rest
}

/** Copies `length` bytes and no fewer: a shorter body would leave the client waiting for the rest. */
function stream({ res }: Exchange, source: Readable, length: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let left = length
  const fail = (error: Error) => {
    res.socket?.resetAndDestroy()
    reject(error)
  }
  source.on("data", (chunk: Buffer) => {
    left -= chunk.length
    if (res.write(chunk)) return
    source.pause()
    res.once("drain", () => source.resume())
  })
  source.once("error", fail)
  source.once("end", () => {
    if (left === 0) res.end()
    else fail(new Error("a file changed its size while it was sent"))
  })
  res.once("close", () => {
    source.destroy()
    resolve()
  })
  return promise
}
