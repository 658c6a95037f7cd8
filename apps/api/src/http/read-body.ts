import type { Readable } from "node:stream"
import type { RouteSpec } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import type { Upload } from "@tintype/media/blob-store"
import type { FastifyRequest } from "fastify"

/** What came in a request's body; disposed of, it takes the files along that nobody kept. */
export interface Body extends AsyncDisposable {
  fields: unknown
  files: ReadonlyMap<string, Upload>
}
