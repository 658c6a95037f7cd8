import type { OpenBlob } from "@tintype/media/blob-store"

/** Larger ones are streamed from the disk; no rendition comes near it. */
const MOST_BYTES = 1024 * 1024

interface Held {
  readonly bytes: Buffer
  readonly stamp: string
  readers: number
  /** Nobody finds it any more; its bytes count until the last reader is done. */
  dropped: boolean
}

/** A photo in memory, lent to one reader. */
export interface LentPhoto {
  readonly bytes: Buffer
  /** To be called once, when it is sent or not wanted any more. */
  giveBack(): void
}

/**
 * The photos asked for last, up to so many bytes; those that slow clients still read count too, once for all of them.
 * The caller says which file lies there now, so that one that is gone is not had from here either.
 */
export class HotPhotos {
  readonly #maxBytes: number
  /** The one not used for longest comes first. */
  readonly #held = new Map<string, Held>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.#bytes
  }

  /** @param stamp of the file that lies there now: see `BlobStore.stamp` */
  borrow(key: string, stamp: string): LentPhoto | undefined {
    const held = this.#held.get(key)
    if (!held) return undefined
    this.#held.delete(key)
    if (held.stamp !== stamp) {
      this.#drop(held)
      return undefined
    }
    this.#held.set(key, held)
    return this.#lend(held)
  }

  /**
   * Reads a photo whole and keeps it.
   *
   * @returns undefined when it is too large, or what others read leaves no room for it
   */
  async read(key: string, blob: OpenBlob): Promise<LentPhoto | undefined> {
    if (blob.size > MOST_BYTES || !this.#makeRoom(blob.size)) return undefined
    // Counted from now on: many may be read at a time.
    this.#bytes += blob.size
    const bytes = await blob.whole().catch((error: unknown) => {
      this.#bytes -= blob.size
      throw error
    })
    const held: Held = { bytes, stamp: blob.stamp, readers: 0, dropped: false }
    const earlier = this.#held.get(key)
    if (earlier) this.#drop(earlier)
    this.#held.set(key, held)
    return this.#lend(held)
  }

  /** @returns whether so many more bytes fit, once those were dropped that nobody reads */
  #makeRoom(bytes: number): boolean {
    for (const [key, held] of this.#held) {
      if (this.#bytes + bytes <= this.#maxBytes) break
      if (held.readers > 0) continue
      this.#held.delete(key)
      this.#drop(held)
    }
    return this.#bytes + bytes <= this.#maxBytes
  }

  #lend(held: Held): LentPhoto {
    held.readers++
    const giveBack = () => {
      held.readers--
      if (held.dropped && held.readers === 0) this.#bytes -= held.bytes.length
    }
    return { bytes: held.bytes, giveBack }
  }

  #drop(held: Held): void {
    held.dropped = true
    if (held.readers === 0) this.#bytes -= held.bytes.length
  }
}
