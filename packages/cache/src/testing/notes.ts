import { expect, vi } from "vitest"
import type { Cache } from "../cache.ts"
import { type CacheKey, defineEntry } from "../define-entry.ts"
import { Loaded, type Versioned } from "../versioned.ts"

export interface Note {
  text: string
}

export const noteEntry = defineEntry<number, Note>({
  name: "note",
  shape: 1,
  ttlSeconds: 100,
  absentTtlSeconds: 10,
  id: String,
})

/** A table of notes that counts how often it is asked, and for what. */
export class Notes {
  readonly loads: string[][] = []
  readonly #rows = new Map<string, Versioned<Note>>()

  /** Writes a row and gives what the cache shall hold of it. */
  put(id: number, text: string | null): { key: CacheKey<Note>; next: Versioned<Note> } {
    const key = noteEntry.key(id)
    const version = (this.#rows.get(key.key)?.version ?? 0) + 1
    const next = { version, value: text === null ? null : { text } }
    this.#rows.set(key.key, next)
    return { key, next }
  }

  readonly load = async (missing: readonly CacheKey<Note>[]): Promise<Loaded> => {
    this.loads.push(missing.map(({ key }) => key))
    const loaded = new Loaded()
    for (const key of missing) {
      const row = this.#rows.get(key.key)
      if (row) loaded.set(key, row)
    }
    return loaded
  }

  /** The texts of the notes, read through the cache. */
  async read(cache: Cache, ...ids: readonly number[]): Promise<(string | undefined)[]> {
    const keys = ids.map((id) => noteEntry.key(id))
    const found = await cache.readMany(keys, this.load)
    return keys.map((key) => found.get(key)?.text)
  }

  /** Waits until a read of the note needs no load any more, and gives its text. */
  untilCached(cache: Cache, id: number): Promise<string | undefined> {
    return vi.waitFor(async () => {
      await this.read(cache, id)
      const before = this.loads.length
      const [text] = await this.read(cache, id)
      expect(this.loads).toHaveLength(before)
      return text
    }, 5000)
  }
}
