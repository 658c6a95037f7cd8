import type { OutgoingHttpHeaders } from "node:http"
import type { BlobStore, OpenBlob } from "@tintype/media/blob-store"
import { type SignedPath, verifyPath } from "@tintype/media/signed-path"
import { answerError } from "../answer.ts"
import type { Exchange, Handler } from "../exchange.ts"
import { contentTypeOf } from "./content-types.ts"
import { isNegotiated, preferredKey } from "./photo-format.ts"
import { sendBytes } from "./send-bytes.ts"

const YEAR_SECONDS = 31_536_000

/** A member's archive: everything they have put here, for their disk and no cache. */
const ARCHIVE = /^exports\/\d+\/(\d+)\//

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
    const photo = signed && (await find(store, exchange, signed))
    if (!photo) return answerError(exchange, { status: 404, error: "Not found" })
    await send(exchange, photo, now)
  }
}

interface FoundPhoto extends Pick<SignedPath, "key" | "expiresAt"> {
  blob: OpenBlob
  /** Whether another client may get another form of it under the same URL. */
  varies: boolean
}

/**
 * The signature covers the folder that all forms of a photo lie in, so that each client may have the one that suits it
 * best. With a query it is the one that the path names.
 */
async function find(
  store: PhotoStore,
  { req, search }: Exchange,
  { key, expiresAt }: SignedPath,
): Promise<FoundPhoto | undefined> {
  const varies = search === "" && isNegotiated(key)
  const preferred = varies ? preferredKey(key, req.headers.accept) : key
  for (const each of new Set([preferred, key])) {
    const blob = await store.open(each)
    if (blob) return { key: each, expiresAt, blob, varies }
  }
  return undefined
}

async function send(
  exchange: Exchange,
  { key, expiresAt, blob, varies }: FoundPhoto,
  now: number,
): Promise<void> {
  const archive = ARCHIVE.exec(key)?.[1]
  const headers: OutgoingHttpHeaders = {
    ...HEADERS,
    "content-type": contentTypeOf(key),
    "cache-control":
      expiresAt === undefined
        ? `public, max-age=${YEAR_SECONDS}, immutable`
        : `private, max-age=${Math.max(0, expiresAt - now)}, immutable`,
  }
  if (varies) headers.vary = "Accept"
  if (key.startsWith("originals/")) headers["content-disposition"] = "attachment"
  if (archive) {
    headers["content-disposition"] = `attachment; filename="tintype-${archive}.zip"`
    headers["cache-control"] = "private, no-store"
  }
  try {
    // A key is written once and never again, so that it tags its bytes.
    const bytes = { size: blob.size, etag: `"${key}"`, read: blob.read.bind(blob) }
    await sendBytes(exchange, bytes, headers)
  } finally {
    await blob.close()
  }
}
