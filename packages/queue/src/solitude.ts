import { setImmediate as nextTurn } from "node:timers/promises"
import { settledWithin } from "./within.ts"

/** How long the many wait for the one that wants to be alone, and it for them. */
const PATIENCE_MS = 5_000

/** Lets work run side by side, and suspect work alone. */
export interface Solitude {
  beside<T>(work: () => Promise<T>): Promise<T>
  /**
   * Runs `work` when nothing else runs, and lets nothing else begin meanwhile; one such piece after the other. Both
   * sides lose patience after five seconds, so that slow work holds nothing up for long.
   */
  alone<T>(work: () => Promise<T>): Promise<T>
}

export function createSolitude(patienceMs = PATIENCE_MS): Solitude {
  let running = 0
  let gate: Promise<unknown> | undefined
  let lastAlone: Promise<unknown> = Promise.resolve()
  let quiet = Promise.withResolvers<void>()

  async function beside<T>(work: () => Promise<T>): Promise<T> {
    if (gate) await settledWithin(patienceMs, gate)
    running++
    try {
      return await work()
    } finally {
      running--
      if (running === 0) quiet.resolve()
    }
  }

  async function behindGate<T>(work: () => Promise<T>): Promise<T> {
    const open = Promise.withResolvers<void>()
    gate = open.promise
    try {
      // Whatever waited for the gate before has passed it after this.
      await nextTurn()
      quiet = Promise.withResolvers()
      if (running > 0) await settledWithin(patienceMs, quiet.promise)
      return await work()
    } finally {
      gate = undefined
      open.resolve()
    }
  }

  return {
    beside,
    alone(work) {
      const mine = lastAlone.then(() => behindGate(work))
      lastAlone = mine.catch(() => undefined)
      return mine
    },
  }
}
