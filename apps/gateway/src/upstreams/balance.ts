import type { Replica } from "./replica.ts"

/** Slow is who takes so many times as long as the others, and so much longer. */
const SLOW_TIMES = 3
const SLOW_MS = 20
/** How often one that is slow gets a request nevertheless, so that it is known when it is slow no more. */
const PROBE_MS = 1_000

/** Chooses one of several replicas that may all have the request at `now`; undefined of none. */
export type Balance = (candidates: readonly Replica[], now: number) => Replica | undefined

/**
 * The less busy of two replicas drawn at random: nearly as even as asking all, and many gateways that choose so do
 * not herd onto the same one (Mitzenmacher, "The power of two choices", 2001). Those that are slow are left out: one
 * that takes a hundred times as long is seldom busier than the others, and would get a share of each burst.
 */
export const leastBusyOfTwo: Balance = (candidates, now) => {
  if (candidates.length < 2) return candidates[0]
  const quick = quickOf(candidates, now)
  const at = Math.floor(Math.random() * quick.length)
  const beyond = 1 + Math.floor(Math.random() * (quick.length - 1))
  const first = quick[at]
  const second = quick[(at + beyond) % quick.length]
  return first && second && second.outstanding < first.outstanding ? second : first
}

/** Each in turn. */
export function roundRobin(): Balance {
  let turn = 0
  return (candidates) => candidates[turn++ % candidates.length]
}

const slowFrom = (ms: number) => Math.max(SLOW_TIMES * ms, ms + SLOW_MS)

/** Leaves out those that are slow next to the median; so half of them stay at least, and all where all are slow. */
function quickOf(candidates: readonly Replica[], now: number): readonly Replica[] {
  const paces = candidates.map(({ pace }) => pace.value).sort((a, b) => a - b)
  const limit = slowFrom(paces[(paces.length - 1) >> 1] ?? 0)
  if ((paces.at(-1) ?? 0) < limit) return candidates
  return candidates.filter(({ pace }) => pace.value < limit || now - pace.askedAt >= PROBE_MS)
}
