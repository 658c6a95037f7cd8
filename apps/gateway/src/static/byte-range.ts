/** Both ends included. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * Reads a `Range` header (RFC 9110 §14.2) for a body of `size` bytes.
 *
 * @returns the one range asked for; undefined for the whole body, which is also the answer to more than one range
 *   and to what is no byte range; `"unsatisfiable"` when it begins beyond the end
 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined | "unsatisfiable" {
  const match = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header ?? "")
  if (!match) return undefined
  const [, first = "", last = ""] = match
  if (first === "" && last === "") return undefined
  if (first === "") return lastBytes(Number(last), size)
  const start = Number(first)
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== "" && Number(last) < start) return undefined
  return start >= size ? "unsatisfiable" : { start, end }
}

function lastBytes(length: number, size: number): ByteRange | "unsatisfiable" {
  if (length === 0 || size === 0) return "unsatisfiable"
  return { start: Math.max(0, size - length), end: size - 1 }
}
