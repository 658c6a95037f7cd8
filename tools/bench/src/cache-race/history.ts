import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs"

/**
 * `prepared`: the version a write will have, noted before its COMMIT; `acknowledged`: the same when its client was
 * told; `own`: what the writer read right afterwards; `read`: what anybody read; `unmarked`: a prepared write that
 * the cache could not be told of.
 */
export const KINDS = ["prepared", "acknowledged", "own", "read", "unmarked"] as const
export type Kind = (typeof KINDS)[number]

/** One key of one call. Times are milliseconds of the machine's clock that never goes back. */
export interface Entry {
  kind: Kind
  key: number
  version: number
  start: number
  end: number
}

const NUMBERS = 5
const FLUSHED = 4096

/** The same in all processes of a machine. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6

/** Appends to a file what a process did. What `kill -9` takes with it is some of the reads, which checks less. */
export class History {
  readonly #file: number
  #numbers: number[] = []

  constructor(path: string) {
    this.#file = openSync(path, "a")
  }

  add(kind: Kind, rows: readonly { key: number; version: number }[], start: number, end: number): void {
    const index = KINDS.indexOf(kind)
    for (const { key, version } of rows) this.#numbers.push(index, key, version, start, end)
    if (kind === "prepared" || kind === "unmarked" || this.#numbers.length >= FLUSHED) this.flush()
  }

  flush(): void {
    writeSync(this.#file, new Uint8Array(Float64Array.from(this.#numbers).buffer))
    this.#numbers = []
  }

  close(): void {
    this.flush()
    closeSync(this.#file)
  }
}

/**
 * What a file holds of some keys, the end that was torn off left out. Nothing when its process died before it began.
 */
export function readHistory(path: string, wanted: (key: number) => boolean): Entry[] {
  if (!existsSync(path)) return []
  const bytes = readFileSync(path)
  const whole = bytes.length - (bytes.length % (8 * NUMBERS))
  const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + whole))
  const entries: Entry[] = []
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const [kind = 0, key = 0, version = 0, start = 0, end = 0] = numbers.subarray(at, at + NUMBERS)
    if (wanted(key)) entries.push({ kind: KINDS[kind] ?? "read", key, version, start, end })
  }
  return entries
}
