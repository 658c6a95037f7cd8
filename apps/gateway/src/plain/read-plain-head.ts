import type { IncomingHttpHeaders } from "node:http"
import { fieldValue } from "../field-value.ts"
import { headerName } from "../header-name.ts"

/** The head of a request in its plainest form: a GET or HEAD without a body, each header once. */
export interface PlainHead {
  method: "GET" | "HEAD"
  url: string
  headers: IncomingHttpHeaders
  /** Names and values in turn, as they came. */
  rawHeaders: string[]
}

/**
 * The whole of a plain head and nothing else: lines that end in CRLF, names of token characters, values of visible
 * ASCII, blanks and tabs (RFC 9112 §3 and §5, without obs-fold, obs-text and what else it lets a recipient tolerate).
 */
const PLAIN = /^(?:GET|HEAD) \/[\x21-\x7e]* HTTP\/1\.1\r\n(?:[!#$%&'*+\-.^`|~\w]+:[\t\x20-\x7e]*\r\n)+\r\n$/
/** Headers that frame a body, or change what a connection speaks or how long it lasts. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  "content-length",
  "expect",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
])

/**
 * Reads a request head that can be read in one way only.
 *
 * @param text one character a byte
 * @returns undefined for anything else, well-formed or not: that is left to a parser of all of HTTP
 */
export function readPlainHead(text: string): PlainHead | undefined {
  if (!PLAIN.test(text)) return undefined
  const lineEnd = text.indexOf("\r\n")
  const method = text.charCodeAt(0) === 71 ? "GET" : "HEAD"
  const url = text.slice(method.length + 1, lineEnd - " HTTP/1.1".length)
  const headers: IncomingHttpHeaders = {}
  const rawHeaders: string[] = []
  const end = text.length - "\r\n".length
  for (let at = lineEnd + 2; at < end; ) {
    const colon = text.indexOf(":", at)
    const next = text.indexOf("\r\n", colon)
    const { raw, key } = headerName(text.slice(at, colon))
    // Said twice, or known to every object: what it means is not for this reader to say.
    if (NOT_PLAIN.has(key) || key in headers) return undefined
    const value = fieldValue(text, colon + 1, next)
    headers[key] = value
    rawHeaders.push(raw, value)
    at = next + 2
  }
  return isKept(headers.connection) ? { method, url, headers, rawHeaders } : undefined
}

/** Whether the connection is to be used again, and the header names nothing else. */
const isKept = (connection: string | undefined) =>
  connection === undefined || connection.toLowerCase() === "keep-alive"
