import { type Accepted, readAccepted } from "./accepted.ts"

const RENDITION = /^(.*\/\d+)\.jpg$/

/** Whether a photo under this key lies there as AVIF too, so that what is sent depends on `Accept`. */
export const isNegotiated = (key: string): boolean => RENDITION.test(key) && !key.startsWith("originals/")

/**
 * The key of the form to try first: AVIF for those who say that they read it. `image/*` and `*\/*` say nothing of the
 * kind: clients that send them read what they have always read.
 *
 * @param key of a negotiated photo
 */
export function preferredKey(key: string, accept: string | undefined): string {
  if (!accept?.toLowerCase().includes("image/avif")) return key
  return prefersAvif(readAccepted(accept)) ? key.replace(RENDITION, "$1.avif") : key
}

function prefersAvif(accepted: Accepted): boolean {
  const weight = accepted.get("image/avif") ?? 0
  return weight > 0 && weight >= (accepted.get("image/jpeg") ?? 0)
}
