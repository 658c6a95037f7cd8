import { Readable } from "node:stream"
import type { RouteSpec } from "@tintype/contract"
import { type Context, TooLarge } from "@tintype/domain"
import { BlobTooLarge, type Upload } from "@tintype/media/blob-store"
import type { FastifyRequest } from "fastify"
import { BadRequest } from "./bad-request.ts"
import { parseForm } from "./forms.ts"
import { boundaryOf, type Part, readParts } from "./multipart.ts"

/** Of everything in a body but its files. */
export const FIELDS_MAX_BYTES = 512 * 1024
const MOST_PARTS = 250
const MIB = 1024 * 1024

/** What came in a request's body; disposed of, it takes the files along that nobody kept. */
export interface Body extends AsyncDisposable {
  fields: unknown
  files: ReadonlyMap<string, Upload>
}

class MultipartBody implements Body {
  readonly files = new Map<string, Upload>()
  readonly #ctx: Context
  readonly #fileFields: readonly string[]
  readonly #pairs: string[] = []
  #fieldBytes = 0
  #parts = 0

  constructor(ctx: Context, fileFields: readonly string[]) {
    this.#ctx = ctx
    this.#fileFields = fileFields
  }

  /** Fields may be named like `media_ids[]` and `source[privacy]`: the reader of forms knows what that means. */
  get fields(): unknown {
    return parseForm(this.#pairs.join("&"))
  }

  /** @throws BadRequest; TooLarge; whatever the blob store throws */
  async read(source: AsyncIterator<Buffer>, boundary: string): Promise<void> {
    for await (const part of readParts(source, boundary)) {
      if (++this.#parts > MOST_PARTS) throw new TooLarge("The form has too many parts")
      // A browser's empty file input comes with an empty file name.
      if (part.filename && this.#fileFields.includes(part.name)) await this.#readFile(part)
      else await this.#readField(part)
    }
  }

  async #readFile({ name, content }: Part): Promise<void> {
    if (this.files.has(name)) throw new BadRequest(`The form holds more than one file named ${name}`)
    const { blobs, settings } = this.#ctx
    const maxBytes = settings.uploadMaxBytes
    try {
      this.files.set(name, await blobs.receive(content, { maxBytes }))
    } catch (error) {
      if (!(error instanceof BlobTooLarge)) throw error
      throw new TooLarge(`The file is larger than ${Math.floor(maxBytes / MIB)} MiB`, { cause: error })
    }
  }

  async #readField({ name, filename, content }: Part): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of content) {
      this.#fieldBytes += chunk.length
      if (this.#fieldBytes > FIELDS_MAX_BYTES) throw new TooLarge("The form is too large")
      if (filename === undefined) chunks.push(chunk)
    }
    if (filename !== undefined) return
    const value = Buffer.concat(chunks).toString("utf8")
    this.#pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.files.values()].map((upload) => upload.discard()))
  }
}

const nothingToDiscard = async () => {}

/**
 * The request's body, whichever way it was written. Files of a multipart body are streamed into the blob store as
 * they come.
 *
 * @throws BadRequest for a malformed or cut multipart body; TooLarge
 */
export async function readBody(ctx: Context, route: RouteSpec, request: FastifyRequest): Promise<Body> {
  const boundary = boundaryOf(request.headers["content-type"] ?? "")
  if (!(request.body instanceof Readable)) {
    return { fields: request.body, files: new Map(), [Symbol.asyncDispose]: nothingToDiscard }
  }
  if (boundary === undefined) throw new BadRequest("The multipart body names no boundary")
  const body = new MultipartBody(ctx, route.files ?? [])
  const chunks: AsyncIterator<Buffer> = request.body.iterator({ destroyOnReturn: false })
  try {
    await body.read(chunks, boundary)
    return body
  } catch (error) {
    await body[Symbol.asyncDispose]()
    dropRest(request.body, chunks)
    throw error
  }
}

/** Lets the rest of a refused body run into the void, so that the answer gets through and the connection lives. */
function dropRest(stream: Readable, chunks: AsyncIterator<Buffer>): void {
  const resume = () => void stream.resume()
  chunks.return?.().then(resume, resume)
}
