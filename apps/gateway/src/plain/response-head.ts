import { type OutgoingHttpHeaders, STATUS_CODES } from "node:http"
import { ODD_NAME, ODD_VALUE } from "../odd-fields.ts"

/**
 * The lines of a response's status and headers, each with its end, one character a byte; without the empty line.
 *
 * @throws TypeError when a name or value would read as more than it is
 */
export function headLines(status: number, headers: Readonly<OutgoingHttpHeaders>): string {
  let lines = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}\r\n`
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    if (ODD_NAME.test(name) || name === "") throw new TypeError("a header's name that cannot be sent")
    if (Array.isArray(value)) for (const each of value) lines += line(name, each)
    else lines += line(name, value)
  }
  return lines
}

function line(name: string, value: string | number): string {
  if (typeof value === "string" && ODD_VALUE.test(value)) {
    throw new TypeError(`a value of ${name} that cannot be sent`)
  }
  return `${name}: ${value}\r\n`
}

let second = 0
let secondText = ""

/** The line that says when a response was made (RFC 9110 §6.6.1). */
export function dateLine(): string {
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) {
    second = now
    secondText = `date: ${new Date(now * 1000).toUTCString()}\r\n`
  }
  return secondText
}
