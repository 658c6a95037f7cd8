import { Line, type Place } from "../line.ts"

const TICK_MS = 10
/** How late a tick may come before this process itself counts as the one that is slow. */
const OWN_LAG_MS = 20

interface Wait<T> {
  each: T
  dueAt: number
}

/** Something that may take too long. */
export type Waiting<T> = Place<Wait<T>>

/**
 * Tells when something takes longer than it should: one timer for all of it, as nearly everything is over before its
 * time and a timer of its own would be a tenth of what a request costs. Late by up to 10 ms.
 */
export class Patience<T> {
  readonly #waiting = new Line<Wait<T>>()
  readonly #onOver: (each: T, isOurs: boolean) => void
  #timer: NodeJS.Timeout | undefined
  #lookedAt = 0

  /** @param onOver `isOurs` when this process may itself be why it takes so long */
  constructor(onOver: (each: T, isOurs: boolean) => void) {
    this.#onOver = onOver
  }

  /** @param dueAt milliseconds of `performance.now`; those that begin later are expected to be due later */
  begin(each: T, dueAt: number): Waiting<T> {
    const place = this.#waiting.join({ each, dueAt })
    if (!this.#timer) {
      this.#lookedAt = performance.now()
      this.#timer = setInterval(() => this.#look(), TICK_MS).unref()
    }
    return place
  }

  /** May be called again. */
  end(waiting: Waiting<T>): void {
    this.#waiting.leave(waiting)
  }

  #look(): void {
    const now = performance.now()
    const isOurs = now - this.#lookedAt > TICK_MS + OWN_LAG_MS
    this.#lookedAt = now
    for (let { first } = this.#waiting; first; first = this.#waiting.first) {
      const { each, dueAt } = first.value
      if (dueAt > now) return
      this.#waiting.leave(first)
      this.#onOver(each, isOurs)
    }
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
