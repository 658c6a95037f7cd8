/** A small seeded generator (mulberry32): the same seed gives the same run. */
export function createRandom(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    chance: (probability: number) => next() < probability,
    pick<T>(from: readonly [T, ...T[]]): T {
      return from[below(from.length)] ?? from[0]
    },
  }
}

export type Random = ReturnType<typeof createRandom>

interface Parked {
  label: string
  when: () => boolean
  run: () => Promise<void>
}

/** Lets actors go on one step at a time, in an order that the seed decides. */
export interface Scheduler {
  /** Parks until it is chosen (and `when` holds), then does `work`: one indivisible step. */
  step<T>(label: string, work: () => T | Promise<T>, when?: () => boolean): Promise<T>
  /** Until every actor has ended. @throws when they wait for each other */
  runToEnd(actors: readonly Promise<unknown>[]): Promise<void>
  /** The steps in the order in which they were done. */
  readonly trace: readonly string[]
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

export function createScheduler(random: Random): Scheduler {
  const parked: Parked[] = []
  const trace: string[] = []
  return {
    trace,
    step(label, work, when = () => true) {
      return new Promise((resolve, reject) => {
        const run = async () => {
          try {
            resolve(await work())
          } catch (error) {
            reject(error)
          }
        }
        parked.push({ label, when, run })
      })
    },
    async runToEnd(actors) {
      let ended = false
      const all = Promise.all(actors).finally(() => {
        ended = true
      })
      while (!ended) {
        // All that a step set in motion parks again before the next one is chosen.
        await turn()
        const ready = parked.filter(({ when }) => when())
        const chosen = ready[random.below(ready.length)]
        if (chosen) {
          parked.splice(parked.indexOf(chosen), 1)
          trace.push(chosen.label)
          await chosen.run()
        } else if (parked.length > 0) throw new Error(`stuck after ${trace.join(", ")}`)
      }
      await all
    },
  }
}
