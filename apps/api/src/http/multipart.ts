import { BadRequest } from "./bad-request.ts"

const LONGEST_HEADERS = 16 * 1024
const LONGEST_PREAMBLE = 64 * 1024
const BLANK_LINE = Buffer.from("\r\n\r\n")

/** One part of a multipart body. Its content is read before the next part is asked for; what is left is skipped. */
export interface Part {
  name: string
  /** Of a file; undefined of a plain field. */
  filename: string | undefined
  content: AsyncGenerator<Buffer, void, void>
}

/** Cuts a stream at delimiters, holding back no more than one chunk and one delimiter. */
class Cutter {
  readonly #source: AsyncIterator<Buffer>
  #held: Buffer

  constructor(source: AsyncIterator<Buffer>, head: Buffer) {
    this.#source = source
    this.#held = head
  }

  /** Waits until `bytes` are held. */
  async fill(bytes: number): Promise<Buffer> {
    while (this.#held.length < bytes) {
      const { done, value } = await this.#source.next()
      if (done) throw new BadRequest("The multipart body ends too early")
      this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value])
    }
    return this.#held
  }

  /** The next bytes before `delimiter`; `last` once it was met and left behind. */
  async next(delimiter: Buffer): Promise<{ bytes: Buffer; last: boolean }> {
    const held = await this.fill(delimiter.length)
    const at = held.indexOf(delimiter)
    const end = at === -1 ? held.length - delimiter.length + 1 : at
    this.#held = held.subarray(at === -1 ? end : end + delimiter.length)
    return { bytes: held.subarray(0, end), last: at !== -1 }
  }

  /** Everything before `delimiter`. @throws BadRequest when that is longer than `most` bytes */
  async upTo(delimiter: Buffer, most: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    let length = 0
    for (;;) {
      const { bytes, last } = await this.next(delimiter)
      pieces.push(bytes)
      length += bytes.length
      if (length > most) throw new BadRequest("The multipart body has too long a header")
      if (last) return Buffer.concat(pieces)
    }
  }
}

/** The `boundary` of a `multipart/form-data` content type; undefined when it is no such type. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] =
    /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType) ?? []
  return quoted ?? plain
}

/** `name` and `filename` of a `Content-Disposition: form-data` (RFC 7578, section 4.2). */
function dispositionOf(headers: string): { name: string; filename: string | undefined } {
  const [, parameters] = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(headers) ?? []
  const found = new Map<string, string>()
  for (const match of (parameters ?? "").matchAll(/;\s*([\w*-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]*))/g)) {
    const [, key = "", quoted, plain = ""] = match
    found.set(key.toLowerCase(), quoted?.replace(/\\(["\\])/g, "$1") ?? plain)
  }
  const name = found.get("name")
  if (name === undefined) throw new BadRequest("A part of the multipart body has no name")
  return { name, filename: found.get("filename*") ?? found.get("filename") }
}

/**
 * Reads `multipart/form-data` (RFC 7578; framing of RFC 2046, section 5.1.1) as it comes, at the pace of whoever
 * reads the parts.
 *
 * @throws BadRequest when it is cut short or malformed
 */
export async function* readParts(source: AsyncIterator<Buffer>, boundary: string): AsyncGenerator<Part> {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter may stand at the very start, without a line end of its own.
  const cutter = new Cutter(source, Buffer.from("\r\n"))
  await cutter.upTo(delimiter, LONGEST_PREAMBLE)
  while ((await cutter.fill(2)).toString("latin1", 0, 2) !== "--") {
    const headers = await cutter.upTo(BLANK_LINE, LONGEST_HEADERS)
    let last = false
    const content = async function* () {
      while (!last) {
        const next = await cutter.next(delimiter)
        last = next.last
        if (next.bytes.length > 0) yield next.bytes
      }
    }
    yield { ...dispositionOf(headers.toString("utf8")), content: content() }
    while (!last) last = (await cutter.next(delimiter)).last
  }
}
