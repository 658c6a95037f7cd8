/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** From 0, and below 1. */
  next(): number
  /** Both ends included. */
  between(from: number, to: number): number
  pick<T>(list: readonly T[]): T
  shuffled<T>(list: readonly T[]): T[]
  /** Another sequence that depends on this seed and the name alone, not on what was drawn here. */
  fork(name: string): Random
}

function hash(text: string, seed: number): number {
  let value = seed | 0
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return value >>> 0
}

/** Mulberry32, a generator of 32 bits of state: enough for choosing, and a few lines. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    between,
    pick(list) {
      const at = list[between(0, list.length - 1)]
      if (at === undefined) throw new RangeError("nothing to pick from")
      return at
    },
    shuffled(list) {
      const rest = [...list]
      return list.flatMap(() => rest.splice(between(0, rest.length - 1), 1))
    },
    fork: (name) => createRandom(hash(name, seed)),
  }
}
