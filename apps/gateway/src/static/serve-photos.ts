import type { OutgoingHttpHeaders } from "node:http"
import type { BlobStore, OpenBlob } from "@tintype/media/blob-store"
import { type SignedPath, verifyPath } from "@tintype/media/signed-path"
import { answerError } from "../answer.ts"
import type { Exchange, Handler } from "../exchange.ts"
import { contentTypeOf } from "./content-types.ts"
import { sendBytes } from "./send-bytes.ts"

const YEAR_SECONDS = 31_536_000

/** Finds a blob's bytes. */
export type PhotoStore = Pick<BlobStore, "open">

/** Whatever the bytes are: no browser runs them, and any site or app may show them. */
const HEADERS: Readonly<OutgoingHttpHeaders> = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'",
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
}

/**
 * Serves photos by signed URL. A forged URL, an expired one and one of a photo that is gone get the same 404, so
 * that a stranger learns nothing, not even whether there ever was such a photo.
 *
 * @param secret signs the URLs
 */
export function servePhotos(store: PhotoStore, secret: string): Handler {
  return async (exchange) => {
    const { method } = exchange.req
    if (method !== "GET" && method !== "HEAD") {
      return answerError(exchange, { status: 405, error: "Method not allowed" }, { allow: "GET, HEAD" })
    }
    const now = Math.floor(Date.now() / 1000)
    const signed = verifyPath(secret, exchange.path, now)
    const photo = signed && (await store.open(signed.key))
    if (!photo) return answerError(exchange, { status: 404, error: "Not found" })
    await send(exchange, photo, signed, now)
  }
}

async function send(exchange: Exchange, photo: OpenBlob, signed: SignedPath, now: number): Promise<void> {
  const { key, expiresAt } = signed
  const headers: OutgoingHttpHeaders = {
    ...HEADERS,
    "content-type": contentTypeOf(key),
    "cache-control":
      expiresAt === undefined
        ? `public, max-age=${YEAR_SECONDS}, immutable`
        : `private, max-age=${Math.max(0, expiresAt - now)}, immutable`,
  }
  if (key.startsWith("originals/")) headers["content-disposition"] = "attachment"
  try {
    // A key is written once and never again, so that it tags its bytes.
    const bytes = { size: photo.size, etag: `"${key}"`, read: photo.read.bind(photo) }
    await sendBytes(exchange, bytes, headers)
  } finally {
    await photo.close()
  }
}
