/** One change of a fact, by the ticks at which it was asked for and acknowledged. */
interface Change {
  begin: number
  end: number
  value: boolean
}

/**
 * What was asked for and what was acknowledged, on a clock of ticks. Nobody changes a fact before the last change of
 * it is acknowledged; reads and changes of other facts go on meanwhile.
 */
export class History {
  #tick = 0
  readonly #facts = new Map<string, Change[]>()

  now(): number {
    return ++this.#tick
  }

  /** Does `work`, after which the fact is of this value. */
  async change<T>(fact: string, value: boolean, work: () => Promise<T>): Promise<T> {
    const change = { begin: this.now(), end: Number.POSITIVE_INFINITY, value }
    this.#facts.set(fact, [...(this.#facts.get(fact) ?? []), change])
    const result = await work()
    change.end = this.now()
    return result
  }

  /** The values that a fact may have had at some moment between two ticks; false before its first change. */
  #between(fact: string, from: number, to: number): Set<boolean> {
    const changes = this.#facts.get(fact) ?? []
    const settled = changes.findLast(({ end }) => end <= from)
    const under = changes.filter(({ begin, end }) => begin < to && end > from)
    return new Set([settled?.value ?? false, ...under.map(({ value }) => value)])
  }

  could(fact: string, from: number, to: number): boolean {
    return this.#between(fact, from, to).has(true)
  }

  must(fact: string, from: number, to: number): boolean {
    return !this.#between(fact, from, to).has(false)
  }
}
