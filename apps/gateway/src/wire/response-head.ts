import type { IncomingHttpHeaders } from "node:http"
import { errors } from "undici"
import { fieldValue } from "../field-value.ts"
import { KEEP_ALIVE_MS, MOST_KEEP_ALIVE_MS } from "./limits.ts"

/** How the end of a response is found (RFC 9112 §6.3): after so many bytes, by chunks, or where the connection ends. */
export type Framing = number | "chunked" | "until it closes"

/** What the gateway needs to know of a response's head. */
export interface ResponseHead {
  status: number
  /** By lower-case name; several values where a name came several times. */
  headers: IncomingHttpHeaders
  framing: Framing
  /** How long the connection may lie idle after this response, in ms; 0 when it must not be used again. */
  idleMs: number
}

const MOST_HEADERS = 100
const MOST_NAMES = 500
const NAMES = new Map<string, string>()
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: .*)?$/
const NAME = /^[!#$%&'*+\-.^_`|~\w]+$/
/** Lines without control characters, and no half of a line break. */
const LINES = /^(?:[\t\x20-\x7e\x80-\xff]+\r\n)+$/
const LENGTH = /^\d{1,15}$/

/** So much earlier than the replica: a request must not meet a connection that is being closed. */
const HEADROOM_MS = 2_000

/** @throws HTTPParserError saying what is wrong */
export function malformed(what: string): never {
  throw new errors.HTTPParserError(`The response is not HTTP/1.1: ${what}`)
}

/**
 * Reads a response's head, and reads it one way only: what RFC 9112 leaves to a recipient's leniency (folded lines,
 * bare line feeds, space before a colon, two lengths, a length beside a coding, codings other than chunked) is no
 * response at all. What two readers take apart differently could put one member's answer under another's request.
 *
 * @param text the head without its empty line; each line with its CRLF
 * @throws HTTPParserError
 */
export function readResponseHead(text: string, method: string): ResponseHead {
  if (!LINES.test(text)) malformed("a control character in its head")
  const start = text.indexOf("\r\n")
  const [, minor, digits] = STATUS_LINE.exec(text.slice(0, start)) ?? malformed("its status line")
  const status = Number(digits)
  const headers = readFields(text, start + 2)
  const framing = framingOf(method, status, minor === "1", headers)
  return { status, headers, framing, idleMs: minor === "1" ? idleMsOf(headers, status, framing) : 0 }
}

function readFields(text: string, from: number): IncomingHttpHeaders {
  const headers: NodeJS.Dict<string | string[]> = {}
  let count = 0
  for (let at = from; at < text.length; ) {
    const end = text.indexOf("\r\n", at)
    const colon = text.indexOf(":", at)
    if (colon === -1 || colon > end) malformed("a line without a colon")
    if (++count > MOST_HEADERS) malformed("too many headers")
    addTo(headers, nameOf(text.slice(at, colon)), fieldValue(text, colon + 1, end))
    at = end + 2
  }
  return headers
}

/** A name as it comes, in lower case: a replica says the same few each time. */
function nameOf(text: string): string {
  const known = NAMES.get(text)
  if (known !== undefined) return known
  if (!NAME.test(text)) malformed("a header's name")
  const name = text.toLowerCase()
  if (NAMES.size < MOST_NAMES) NAMES.set(text, name)
  return name
}

function addTo(headers: NodeJS.Dict<string | string[]>, name: string, value: string): void {
  const earlier = headers[name]
  if (typeof earlier === "string") headers[name] = [earlier, value]
  else if (Array.isArray(earlier)) earlier.push(value)
  else headers[name] = value
}

function framingOf(
  method: string,
  status: number,
  isCurrent: boolean,
  { "content-length": length, "transfer-encoding": coding }: NodeJS.Dict<string | string[]>,
): Framing {
  if (length !== undefined && coding !== undefined) malformed("a length and a transfer coding")
  if (length !== undefined && (typeof length !== "string" || !LENGTH.test(length))) malformed("its length")
  if (coding !== undefined && (!isCurrent || String(coding).toLowerCase() !== "chunked")) {
    malformed("its transfer coding")
  }
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return 0
  if (coding !== undefined) return "chunked"
  return length === undefined ? "until it closes" : Number(length)
}

function idleMsOf(headers: IncomingHttpHeaders, status: number, framing: Framing): number {
  const { connection = "keep-alive", "keep-alive": keepAlive } = headers
  if (framing === "until it closes") return 0
  if (connection !== "keep-alive" && /close/i.test(String(connection))) return 0
  // A body where none may be would be the next response to whoever asks next.
  const announcesBody =
    headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0
  if ((status === 204 || status === 304) && announcesBody) return 0
  if (keepAlive === undefined) return KEEP_ALIVE_MS
  if (keepAlive !== lastKeepAlive) {
    lastKeepAlive = keepAlive
    lastIdleMs = idleMsIn(String(keepAlive))
  }
  return lastIdleMs
}

/** Replicas say the same each time. */
let lastKeepAlive: string | string[] = ""
let lastIdleMs = KEEP_ALIVE_MS

function idleMsIn(keepAlive: string): number {
  const seconds = /timeout=(\d{1,9})/i.exec(keepAlive)?.[1]
  if (seconds === undefined) return KEEP_ALIVE_MS
  return Math.max(0, Math.min(Number(seconds) * 1000 - HEADROOM_MS, MOST_KEEP_ALIVE_MS))
}
