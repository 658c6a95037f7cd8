import { type OutgoingHttpHeaders, STATUS_CODES } from "node:http"
import { beginLine, ODD_VALUE } from "../odd-fields.ts"

/**
 * The lines of a response's status and headers, one character a byte; without the end of the last one.
 *
 * @throws TypeError when a name or value would read as more than it is
 */
export function headLines(status: number, headers: Readonly<OutgoingHttpHeaders>): string {
  let lines = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}`
  // Looked at together: one by one that is a good part of what writing them costs.
  let values = ""
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    const line = beginLine(name)
    if (line === undefined) throw new TypeError("a header's name that cannot be sent")
    if (Array.isArray(value)) {
      values += value.join("")
      for (const each of value) lines = lines + line + each
    } else {
      values += value
      lines = lines + line + value
    }
  }
  if (ODD_VALUE.test(values)) throw new TypeError("a header's value that cannot be sent")
  return lines
}

let second = 0
let secondText = ""

/** The line that says when a response was made (RFC 9110 §6.6.1), after the end of the one before it. */
export function dateLine(): string {
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) {
    second = now
    secondText = `\r\ndate: ${new Date(now * 1000).toUTCString()}`
  }
  return secondText
}
