import { hash, randomBytes, timingSafeEqual } from "node:crypto"

/** 256 random bits as base64url: a token, a code, a client's id or secret. */
export const randomSecret = (): string => randomBytes(32).toString("base64url")

/** What is kept of a secret. It has 256 bits of its own, so that a plain hash is enough. */
export const hashSecret = (secret: string): string => hash("sha256", secret, "base64url")

/** Compares two texts in a time that tells nothing of where they differ. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
