import { ChunkedBody } from "./chunked-body.ts"
import type { Framing } from "./response-head.ts"

/** Finds a body in what is read. */
export interface BodyReader {
  /** Bytes that are to come, each read being one piece of them; 0 where that is not known. */
  readonly left: number
  /**
   * @param give gets the place of each piece of it in `bytes`
   * @returns where it is over, or undefined when more of it is to come
   */
  read(bytes: Buffer, from: number, to: number, give: (from: number, to: number) => void): number | undefined
}

class BodyOfLength implements BodyReader {
  left: number

  constructor(length: number) {
    this.left = length
  }

  read(
    _bytes: Buffer,
    from: number,
    to: number,
    give: (from: number, to: number) => void,
  ): number | undefined {
    const end = Math.min(to, from + this.left)
    this.left -= end - from
    if (end > from) give(from, end)
    return this.left === 0 ? end : undefined
  }
}

/** Everything until the connection ends. */
const OPEN: BodyReader = {
  left: 0,
  read(_bytes, from, to, give) {
    if (to > from) give(from, to)
    return undefined
  },
}

export function bodyReader(framing: Framing): BodyReader {
  if (framing === "chunked") return new ChunkedBody()
  return framing === "until it closes" ? OPEN : new BodyOfLength(framing)
}
