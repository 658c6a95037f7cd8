import type { OutgoingHttpHeaders } from "node:http"
import type { BlobStore } from "@tintype/media/blob-store"
import type { SignedPath } from "@tintype/media/signed-path"
import { answerError } from "../answer.ts"
import type { Exchange, Handler, Refusal } from "../exchange.ts"
import type { ByteRange } from "./byte-range.ts"
import { CheckedPaths } from "./checked-paths.ts"
import { contentTypeOf } from "./content-types.ts"
import type { HotPhotos, LentPhoto } from "./hot-photos.ts"
import { isNegotiated, preferredKey } from "./photo-format.ts"
import { sendBytes } from "./send-bytes.ts"

const YEAR_SECONDS = 31_536_000
/** AVIF are there seconds after their JPEG on a machine that has time for them. */
const SUBSTITUTE_SECONDS = 60

/** A member's archive: everything they have put here, for their disk and no cache. */
const ARCHIVE = /^exports\/\d+\/(\d+)\//

/** Finds a blob's bytes. */
export type PhotoStore = Pick<BlobStore, "open" | "stamp">

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
export function servePhotos(store: PhotoStore, secret: string, hot: HotPhotos): Handler {
  const paths = new CheckedPaths(secret)
  return (exchange) => {
    const { method } = exchange.req
    if (method !== "GET" && method !== "HEAD") {
      return answerError(exchange, { status: 405, error: "Method not allowed" }, { allow: "GET, HEAD" })
    }
    const now = Math.floor(Date.now() / 1000)
    const signed = paths.verify(exchange.path, now)
    const photo = signed && find(store, exchange, signed)
    if (!photo) return answerError(exchange, NOT_FOUND)
    const headers = headersOf(photo, now)
    const lent = hot.borrow(photo.key, photo.stamp)
    return lent
      ? sendLent(exchange, photo, lent, headers)
      : sendFromDisk(exchange, photo, headers, store, hot)
  }
}

const NOT_FOUND: Refusal = { status: 404, error: "Not found" }

interface FoundPhoto extends SignedPath {
  stamp: string
  /** Whether another client may get another form of it under the same URL. */
  varies: boolean
  /** Whether the form that this client likes better is not there: it may come. */
  isSubstitute: boolean
}

/**
 * The signature covers the folder that all forms of a photo lie in, so that each client may have the one that suits it
 * best. With a query it is the one that the path names.
 */
function find(
  store: PhotoStore,
  { req, search }: Exchange,
  { key, expiresAt }: SignedPath,
): FoundPhoto | undefined {
  const varies = search === "" && isNegotiated(key)
  const preferred = varies ? preferredKey(key, req.headers.accept) : key
  for (const each of preferred === key ? [key] : [preferred, key]) {
    const stamp = store.stamp(each)
    if (stamp !== undefined) return { key: each, expiresAt, stamp, varies, isSubstitute: each !== preferred }
  }
  return undefined
}

/**
 * Who has a photo keeps it, whatever its form: a better one would be more bytes, not fewer. But a cache that many share
 * asks again soon whether what it gives to all who come has got better.
 */
function lifetimeOf({ expiresAt, isSubstitute }: FoundPhoto, now: number): string {
  if (expiresAt !== undefined) return `private, max-age=${Math.max(0, expiresAt - now)}, immutable`
  const shared = isSubstitute ? `, s-maxage=${SUBSTITUTE_SECONDS}` : ""
  return `public, max-age=${YEAR_SECONDS}${shared}, immutable`
}

function headersOf(photo: FoundPhoto, now: number): OutgoingHttpHeaders {
  const { key, varies } = photo
  const archive = ARCHIVE.exec(key)?.[1]
  const headers: OutgoingHttpHeaders = {
    ...HEADERS,
    "content-type": contentTypeOf(key),
    "cache-control": lifetimeOf(photo, now),
  }
  if (varies) headers.vary = "Accept"
  if (key.startsWith("originals/")) headers["content-disposition"] = "attachment"
  if (archive) {
    headers["content-disposition"] = `attachment; filename="tintype-${archive}.zip"`
    headers["cache-control"] = "private, no-store"
  }
  return headers
}

/** A key is written once and never again, so that it tags its bytes. */
const tagOf = ({ key }: FoundPhoto) => `"${key}"`

function sendLent(
  exchange: Exchange,
  photo: FoundPhoto,
  { bytes, giveBack }: LentPhoto,
  headers: OutgoingHttpHeaders,
): void | Promise<void> {
  exchange.res.once("close", giveBack)
  const read = ({ start, end }: ByteRange) => bytes.subarray(start, end + 1)
  return sendBytes(exchange, { size: bytes.length, etag: tagOf(photo), read }, headers)
}

async function sendFromDisk(
  exchange: Exchange,
  photo: FoundPhoto,
  headers: OutgoingHttpHeaders,
  store: PhotoStore,
  hot: HotPhotos,
): Promise<void> {
  const blob = await store.open(photo.key)
  if (!blob) return answerError(exchange, NOT_FOUND)
  try {
    const lent = isWanted(exchange) ? await hot.read(photo.key, blob) : undefined
    if (lent && !exchange.res.destroyed) return await sendLent(exchange, photo, lent, headers)
    lent?.giveBack()
    await sendBytes(exchange, { size: blob.size, etag: tagOf(photo), read: blob.read.bind(blob) }, headers)
  } finally {
    await blob.close()
  }
}

/** Whether all of its bytes go to the client. */
const isWanted = ({ req: { method, headers } }: Exchange) =>
  method === "GET" && headers.range === undefined && headers["if-none-match"] === undefined
