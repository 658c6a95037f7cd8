import { randomBytes } from "node:crypto"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { makeCertificate, type SelfSigned } from "@tintype/dev"
import { signPath } from "@tintype/media/signed-path"

/** What the upstream answers. */
export const PATHS = {
  small: "/api/v1/small",
  cached: "/api/v1/cached",
  photo: "/api/v1/photo",
} as const

export const PHOTO_BYTES = 200_000

/** A folder for the time of the measurement, with a photo and a certificate in it. */
export interface Site {
  dir: string
  signingSecret: string
  blobDir: string
  /** Under which the gateway serves the photo from its disk. */
  photoPath: string
  certificate: SelfSigned
}

const PHOTO_DIRECTORY = "1/2/1"

export function makeSite(dir: string): Site {
  const signingSecret = randomBytes(24).toString("base64url")
  const blobDir = join(dir, "blobs")
  const file = join(blobDir, PHOTO_DIRECTORY, "w1080.jpg")
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, randomBytes(PHOTO_BYTES))
  const photoPath = `${signPath(signingSecret, PHOTO_DIRECTORY, "public")}/w1080.jpg`
  const certificate = makeCertificate(dir, "proxy", ["localhost"])
  // Some run as another user.
  chmodSync(certificate.key, 0o644)
  return { dir, signingSecret, blobDir, photoPath, certificate }
}
