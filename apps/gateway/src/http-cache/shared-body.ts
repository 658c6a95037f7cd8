import type { Exchange } from "../exchange.ts"

/** One client that a body is sent to, at its own pace. */
interface Reader {
  exchange: Exchange
  /** The next chunk to send, counted from the body's first. */
  next: number
  waits: boolean
}

/**
 * A body on its way from the origin to any number of clients, each of which may join late. While it is `kept`, all
 * of it stays in memory and nobody holds up anybody; once it is not, what all clients have got is dropped and the
 * slowest of them sets the pace.
 */
export class SharedBody {
  readonly #readers = new Set<Reader>()
  /** Called when no client is left to read. */
  readonly #onDeserted: () => void
  #chunks: Buffer[] = []
  /** How many chunks before the first in `#chunks` were dropped. */
  #dropped = 0
  #ended = false
  #kept = true
  #size = 0
  #resume: (() => void) | undefined

  constructor(onDeserted: () => void) {
    this.#onDeserted = onDeserted
  }

  /** Bytes received so far. */
  get size(): number {
    return this.#size
  }

  get readers(): number {
    return this.#readers.size
  }

  /** Whether a client can still get the whole of it. */
  get isWhole(): boolean {
    return this.#dropped === 0
  }

  /** The whole body in memory of its own, so that no larger buffer is held by it. */
  copy(): Buffer {
    const whole = Buffer.allocUnsafeSlow(this.#size)
    let at = 0
    for (const chunk of this.#chunks) at += chunk.copy(whole, at)
    return whole
  }

  /** @param taken called when the next chunk may come */
  push(chunk: Buffer, taken: () => void): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    for (const reader of this.#readers) this.#pump(reader)
    this.#resume = taken
    this.#release()
  }

  /** From now on chunks are dropped once they are sent. */
  stopKeeping(): void {
    this.#kept = false
    this.#release()
  }

  end(): void {
    this.#ended = true
    for (const reader of this.#readers) this.#pump(reader)
  }

  /** Cuts every client off: what they have got must not look like the whole. */
  fail(): void {
    for (const { exchange } of this.#readers) exchange.res.socket?.resetAndDestroy()
    this.#readers.clear()
  }

  /** Sends an exchange, whose head was sent, the body. */
  attach(exchange: Exchange): void {
    const reader: Reader = { exchange, next: 0, waits: false }
    this.#readers.add(reader)
    exchange.res.once("close", () => this.#leave(reader))
    this.#pump(reader)
  }

  #pump(reader: Reader): void {
    const { res } = reader.exchange
    while (!reader.waits && reader.next < this.#dropped + this.#chunks.length) {
      const chunk = this.#chunks[reader.next - this.#dropped]
      reader.next++
      if (!chunk || res.write(chunk)) continue
      reader.waits = true
      res.once("drain", () => {
        reader.waits = false
        this.#pump(reader)
        this.#release()
      })
    }
    if (this.#ended && !reader.waits) {
      this.#readers.delete(reader)
      res.end()
    }
  }

  #leave(reader: Reader): void {
    if (!this.#readers.delete(reader)) return
    if (this.#readers.size === 0) this.#onDeserted()
    this.#release()
  }

  #release(): void {
    if (!this.#kept) this.#drop()
    const isHeldUp = !this.#kept && [...this.#readers].some((each) => each.waits)
    if (isHeldUp || !this.#resume) return
    const resume = this.#resume
    this.#resume = undefined
    resume()
  }

  #drop(): void {
    const sent = Math.min(this.#dropped + this.#chunks.length, ...[...this.#readers].map((each) => each.next))
    this.#chunks.splice(0, sent - this.#dropped)
    this.#dropped = sent
  }
}
