import { errors } from "undici"
import { beginLine, ODD_VALUE } from "../odd-fields.ts"

/** A request without a body, for one replica. */
export interface BareRequest {
  method: string
  /** With its query. */
  path: string
  /** Names and values in turn. */
  headers: readonly string[]
}

const ODD_PATH = /[^\x21-\x7e]/

/**
 * The bytes of a request, as text of one byte a character.
 *
 * @throws InvalidArgumentError when a part of it would end early or read as more than it is
 */
export function requestHead({ method, path, headers }: BareRequest): string {
  if (ODD_PATH.test(path)) throw new errors.InvalidArgumentError("a path that cannot be sent")
  let head = `${method} ${path} HTTP/1.1`
  // Looked at together: one by one that is a good part of what writing them costs.
  let values = ""
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const line = beginLine(headers[i] ?? "")
    if (line === undefined) throw new errors.InvalidArgumentError("a header's name that cannot be sent")
    const value = headers[i + 1] ?? ""
    values += value
    head = head + line + value
  }
  if (ODD_VALUE.test(values)) throw new errors.InvalidArgumentError("a header that cannot be sent")
  return `${head}\r\n\r\n`
}
