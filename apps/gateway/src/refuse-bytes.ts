import { STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"

const ERRORS: Readonly<Record<number, string>> = {
  400: "This is not a well-formed HTTP/1.1 request",
  405: "Method not allowed",
  408: "The request was not complete in time",
  413: "The chunk extensions are too long",
  431: "The headers are too long",
}

/** Answers bytes that made no request, and closes their connection. */
export function refuseBytes(socket: Duplex, status: number): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify({ error: ERRORS[status] ?? STATUS_CODES[status] })
  socket.once("error", () => socket.destroy())
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "content-type: application/json; charset=utf-8",
      `content-length: ${Buffer.byteLength(body)}`,
      "cache-control: no-store",
      "connection: close",
      "",
      body,
    ].join("\r\n"),
    () => socket.destroy(),
  )
}
