import { setTimeout as sleep } from "node:timers/promises"
import type { ChaosSystem } from "../system/chaos-system.ts"
import { inject, placeOf } from "./inject.ts"
import { nameOf, type PlannedFault } from "./plan.ts"

export interface Unleashed {
  /** How many of each kind. */
  counts: Record<string, number>
  /** Faults that could not be made to happen, and why. */
  failures: string[]
}

/**
 * Makes the faults happen when their time has come. They overlap, but not on the same process or way.
 *
 * @returns when the last one is over
 */
export async function unleash(
  chaos: ChaosSystem,
  plan: readonly PlannedFault[],
  say: (message: string) => void,
): Promise<Unleashed> {
  const last = new Map<string, Promise<void>>()
  const counts: Record<string, number> = {}
  const failures: string[] = []
  const happen = async ({ fault }: PlannedFault) => {
    say(nameOf(fault))
    try {
      await inject(chaos, fault)
      counts[fault.kind] = (counts[fault.kind] ?? 0) + 1
    } catch (error) {
      failures.push(`${nameOf(fault)}: ${error instanceof Error ? error.message : error}`)
    }
  }
  for (const planned of plan) {
    await sleep(planned.afterMs)
    const place = placeOf(planned.fault)
    await last.get(place)
    last.set(place, happen(planned))
  }
  await Promise.all(last.values())
  return { counts, failures }
}
