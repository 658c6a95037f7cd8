import { malformed } from "./response-head.ts"

/** Of a chunk's size with its extensions, or of one trailer. */
const MOST_LINE = 1024
const MOST_TRAILERS = 100
/** Extensions mean nothing to anybody and are dropped (RFC 9112 §7.1.1). */
const SIZE = /^([0-9a-f]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/i

/** Takes the chunks of a body apart (RFC 9112 §7.1), however they are cut into reads. Trailers are dropped. */
export class ChunkedBody {
  /** Unknown. */
  readonly left = 0
  #expects: "size" | "data" | "end of data" | "trailer" = "size"
  #left = 0
  #trailers = 0
  /** What has come of the line that is being read. */
  #line = ""

  /**
   * @param give gets the place of each piece of data in `bytes`
   * @returns where the body is over, or undefined when more of it is to come
   * @throws HTTPParserError
   */
  read(
    bytes: Buffer,
    from: number,
    to: number,
    give: (from: number, to: number) => void,
  ): number | undefined {
    let at = from
    while (at < to) {
      if (this.#expects === "data") {
        const end = Math.min(to, at + this.#left)
        this.#left -= end - at
        if (this.#left === 0) this.#expects = "end of data"
        give(at, end)
        at = end
        continue
      }
      const end = this.#readLine(bytes, at, to)
      if (end === undefined) return undefined
      at = end
      if (this.#takeLine()) return at
    }
    return undefined
  }

  /** @returns the place after the line; undefined when its end has not come */
  #readLine(bytes: Buffer, at: number, to: number): number | undefined {
    const text = bytes.toString("latin1", at, Math.min(to, at + MOST_LINE + 1))
    const end = text.indexOf("\n")
    this.#line += end === -1 ? text : text.slice(0, end + 1)
    if (this.#line.length > MOST_LINE) malformed("a line among its chunks is too long")
    return end === -1 ? undefined : at + end + 1
  }

  /** @returns whether the line was the last one */
  #takeLine(): boolean {
    const line = this.#line
    this.#line = ""
    if (!line.endsWith("\r\n")) malformed("a line feed alone among its chunks")
    const content = line.slice(0, -2)
    if (this.#expects === "size") this.#takeSize(content)
    else if (this.#expects === "end of data") {
      if (content !== "") malformed("a chunk longer than announced")
      this.#expects = "size"
    } else if (content === "") return true
    else if (++this.#trailers > MOST_TRAILERS) malformed("too many trailers")
    return false
  }

  #takeSize(content: string): void {
    const [, digits] = SIZE.exec(content) ?? malformed("a chunk's size")
    this.#left = Number.parseInt(digits ?? "", 16)
    this.#expects = this.#left === 0 ? "trailer" : "data"
  }
}
