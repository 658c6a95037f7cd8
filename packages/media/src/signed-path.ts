import { createHmac, timingSafeEqual } from "node:crypto"

/** 22 characters of base64url: 132 bits. */
const SIGNATURE_LENGTH = 22

const ID = "[1-9][0-9]{0,18}"
const PATH = new RegExp(
  `^/media/(?<expires>public|[1-9][0-9]{0,11})/(?<signature>[A-Za-z0-9_-]{${SIGNATURE_LENGTH}})/` +
    `(?:(?<alone>originals/${ID}/${ID}/[0-9a-f]{64}|exports/${ID}/${ID}/[0-9]{1,9}/archive\\.zip)|(?<directory>${ID}/${ID}/[0-9]{1,9})/(?<file>[a-z0-9]{1,20}\\.[a-z]{3,4}))$`,
)

function signature(secret: string, directory: string, expires: string): string {
  return createHmac("sha256", secret)
    .update(`${expires}\n${directory}`)
    .digest("base64url")
    .slice(0, SIGNATURE_LENGTH)
}

/**
 * The path under which the gateway serves what lies in a directory of the blob store, or one file alone.
 *
 * @param directory `<owner>/<media>/<attempt>`, or the whole key of an original or of an archive
 * @param expires unix seconds, or `public` for photos that everybody may see for ever
 * @returns `/media/…`, without a slash at the end
 */
export function signPath(secret: string, directory: string, expires: number | "public"): string {
  return `/media/${expires}/${signature(secret, directory, String(expires))}/${directory}`
}

export interface SignedPath {
  /** The blob's key. */
  key: string
  /** Unix seconds; undefined for a public one. */
  expiresAt: number | undefined
}

/**
 * What a signed URL's path opens.
 *
 * @param path as it came over the wire: nothing in it is decoded, so that there is one spelling of each
 * @param now unix seconds
 * @returns undefined when it was tampered with, has expired or is no such path
 */
export function verifyPath(secret: string, path: string, now: number): SignedPath | undefined {
  const { expires, signature: given, alone, directory, file } = PATH.exec(path)?.groups ?? {}
  if (!expires || !given) return undefined
  const signed = alone ?? directory
  if (!signed || (alone && expires === "public")) return undefined
  const expected = signature(secret, signed, expires)
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(expected))) return undefined
  const expiresAt = expires === "public" ? undefined : Number(expires)
  if (expiresAt !== undefined && expiresAt <= now) return undefined
  return { key: alone ?? `${directory}/${file}`, expiresAt }
}
