/** Where somebody stands in a line. */
export class Place<T> {
  readonly value: T
  /** Neighbours, known to the line alone. */
  ahead: Place<T> | undefined
  behind: Place<T> | undefined
  left = false

  constructor(value: T) {
    this.value = value
  }
}

/**
 * Those who wait, in the order in which they came. Whoever leaves is let go of at once, other than by a `Map` or a `Set`
 * that is written all the time: each time its table has been used up the old one points to the new one, and as soon as
 * one of the old ones has reached the old generation, all later ones and what stood in them survive each small collection.
 */
export class Line<T> {
  #first: Place<T> | undefined
  #last: Place<T> | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  get first(): Place<T> | undefined {
    return this.#first
  }

  join(value: T): Place<T> {
    const place = new Place(value)
    place.ahead = this.#last
    if (this.#last) this.#last.behind = place
    else this.#first = place
    this.#last = place
    this.#length++
    return place
  }

  /** Does nothing when called again. */
  leave(place: Place<T>): void {
    if (place.left) return
    place.left = true
    const { ahead, behind } = place
    if (ahead) ahead.behind = behind
    else this.#first = behind
    if (behind) behind.ahead = ahead
    else this.#last = ahead
    place.ahead = undefined
    place.behind = undefined
    this.#length--
  }

  /** A copy, from the one who came first on. */
  toArray(): T[] {
    const all: T[] = []
    for (let place = this.#first; place; place = place.behind) all.push(place.value)
    return all
  }
}
