import { HEAD_MAX_BYTES } from "./limits.ts"
import { malformed } from "./response-head.ts"

const END = Buffer.from("\r\n\r\n")

/** A head that is complete, with the CRLF of each line but without the empty one, and where it ends. */
export interface Collected {
  text: string
  end: number
}

/** Puts heads together from what is read, most of which hold a whole one. */
export class HeadCollector {
  #partial = ""

  /**
   * @returns undefined when more of the head is to come
   * @throws HTTPParserError when it is too long
   */
  take(bytes: Buffer, from: number, to: number): Collected | undefined {
    // What lies behind `to` is of an earlier read.
    const end = this.#partial === "" ? bytes.indexOf(END, from) : -1
    if (end === -1 || end + END.length > to) return this.#join(bytes, from, to)
    if (end - from > HEAD_MAX_BYTES) malformed("its head is too long")
    return { text: bytes.toString("latin1", from, end + 2), end: end + END.length }
  }

  #join(bytes: Buffer, from: number, to: number): Collected | undefined {
    const before = this.#partial.length
    const joined = this.#partial + bytes.toString("latin1", from, to)
    const end = joined.indexOf("\r\n\r\n", Math.max(0, before - END.length + 1))
    if ((end === -1 ? joined.length : end) > HEAD_MAX_BYTES) malformed("its head is too long")
    this.#partial = end === -1 ? joined : ""
    if (end === -1) return undefined
    return { text: joined.slice(0, end + 2), end: from + end + END.length - before }
  }
}
