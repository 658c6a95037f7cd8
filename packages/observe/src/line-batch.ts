import { pino } from "pino"

/** What Linux writes into a pipe in one piece (PIPE_BUF): lines of several processes do not run into each other. */
const MOST_BYTES = 4096
const MOST_MS = 100

/** Those that hold lines. */
const unwritten = new Set<LineBatch>()
process.once("exit", () => {
  for (const each of unwritten) each.flush()
})

/**
 * Lines that are written several at a time: for those that would cost more to write one by one than to make. None waits
 * longer than a tenth of a second, and none is left when the process ends by itself, by `process.exit` or by what it
 * threw; kill -9 loses those that wait, 4 KiB at most.
 */
export class LineBatch {
  readonly #stream: pino.DestinationStream
  #lines = ""
  #bytes = 0
  #timer: NodeJS.Timeout | undefined

  /** @param stream writes at once; by default to standard output */
  constructor(stream: pino.DestinationStream = pino.destination({ dest: 1, sync: true })) {
    this.#stream = stream
  }

  /** @param line with its line break */
  add(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#bytes + bytes > MOST_BYTES) this.flush()
    this.#lines += line
    this.#bytes += bytes
    if (this.#timer) return
    this.#timer = setTimeout(() => this.#onTime(), MOST_MS).unref()
    unwritten.add(this)
  }

  flush(): void {
    if (this.#bytes === 0) return
    const lines = this.#lines
    this.#lines = ""
    this.#bytes = 0
    this.#stream.write(lines)
  }

  #onTime(): void {
    this.#timer = undefined
    unwritten.delete(this)
    this.flush()
  }
}
