import { type SignedPath, verifyPath } from "@tintype/media/signed-path"

/** About 3 MiB. */
const MOST_PATHS = 10_000

/**
 * Signed paths, those that were found right lately remembered: to look one up takes a fraction of what it takes to check
 * its signature, which is as much as a tenth of what a photo costs. Only right ones are remembered, so that nobody fills
 * it with others; and found by a hash of all of it, so that the time it takes tells nothing of a signature either.
 */
export class CheckedPaths {
  readonly #secret: string
  readonly #most: number
  readonly #right = new Map<string, SignedPath>()

  /** @param secret signs the paths */
  constructor(secret: string, most = MOST_PATHS) {
    this.#secret = secret
    this.#most = most
  }

  /** How many are remembered. */
  get count(): number {
    return this.#right.size
  }

  /**
   * As `verifyPath`.
   *
   * @param now unix seconds
   */
  verify(path: string, now: number): SignedPath | undefined {
    const known = this.#right.get(path)
    if (!known) return this.#check(path, now)
    if (known.expiresAt === undefined || known.expiresAt > now) return known
    this.#right.delete(path)
    return undefined
  }

  #check(path: string, now: number): SignedPath | undefined {
    // A text of its own: as a part of what was read it would keep all of that in memory.
    const copy = Buffer.from(path).toString()
    const signed = verifyPath(this.#secret, copy, now)
    if (!signed) return undefined
    for (const oldest of this.#right.keys()) {
      if (this.#right.size < this.#most) break
      this.#right.delete(oldest)
    }
    this.#right.set(copy, signed)
    return signed
  }
}
