import { type ChildLimits, DarkroomChild } from "./darkroom-child.ts"

/** A child that has developed this many photos makes room for a fresh one: leaks and fragments go with it. */
const PHOTOS_PER_CHILD = 500
/** Between photos it holds about 80 MiB. */
const RESTING_MIB = 160
const IDLE_MS = 30_000

/**
 * Children that wait for work: so many always, so that a single upload finds a warm one, also after another was ended;
 * the rest leave after a while.
 */
export class DarkroomChildren {
  readonly #limits: ChildLimits
  readonly #warm: number
  readonly #idle: { child: DarkroomChild; since: number }[] = []
  readonly #all = new Set<DarkroomChild>()
  readonly #timer: NodeJS.Timeout
  #closed = false

  /** @param warm how many wait however long there is nothing to do: 1 or 0 */
  constructor(limits: ChildLimits, warm: 0 | 1) {
    this.#limits = limits
    this.#warm = warm
    this.#timer = setInterval(() => this.#dismissIdle(), IDLE_MS / 3)
    this.#timer.unref()
    this.#keepOneWarm()
  }

  /** The child that rested last, or a new one. */
  take(): DarkroomChild {
    if (this.#closed) throw new Error("the darkroom is closed")
    for (let entry = this.#idle.pop(); entry; entry = this.#idle.pop()) {
      if (entry.child.alive) return entry.child
      this.#all.delete(entry.child)
    }
    return this.#hire()
  }

  takeFresh(): DarkroomChild {
    if (this.#closed) throw new Error("the darkroom is closed")
    return this.#hire()
  }

  release(child: DarkroomChild): void {
    const stays = child.alive && child.developed < PHOTOS_PER_CHILD && child.residentMib < RESTING_MIB
    if (stays && !this.#closed) this.#rest(child)
    else this.#discard(child)
    this.#keepOneWarm()
  }

  /** Instead of `release`, for one with which something is wrong. */
  dismiss(child: DarkroomChild): void {
    this.#discard(child)
    this.#keepOneWarm()
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#timer)
    for (const child of this.#all) child.kill()
  }

  #hire(): DarkroomChild {
    const child = new DarkroomChild(this.#limits)
    this.#all.add(child)
    return child
  }

  #keepOneWarm(): void {
    if (this.#idle.length < this.#warm && !this.#closed) this.#rest(this.#hire())
  }

  #rest(child: DarkroomChild): void {
    child.rest()
    this.#idle.push({ child, since: Date.now() })
  }

  #discard(child: DarkroomChild): void {
    child.kill()
    this.#all.delete(child)
  }

  #dismissIdle(): void {
    while (this.#idle.length > this.#warm) {
      const oldest = this.#idle[0]
      if (!oldest || Date.now() - oldest.since < IDLE_MS) return
      this.#idle.shift()
      this.#discard(oldest.child)
    }
  }
}
