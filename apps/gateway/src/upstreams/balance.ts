import type { Replica } from "./replica.ts"

/** Chooses one of several replicas that may all have the request; undefined of none. */
export type Balance = (candidates: readonly Replica[]) => Replica | undefined

/**
 * The less busy of two replicas drawn at random: nearly as even as asking all, and many gateways that choose so do
 * not herd onto the same one (Mitzenmacher, "The power of two choices", 2001).
 */
export const leastBusyOfTwo: Balance = (candidates) => {
  const at = Math.floor(Math.random() * candidates.length)
  const beyond = 1 + Math.floor(Math.random() * (candidates.length - 1))
  const first = candidates[at]
  const second = candidates[(at + beyond) % candidates.length]
  return first && second && second.outstanding < first.outstanding ? second : first
}

/** Each in turn. */
export function roundRobin(): Balance {
  let turn = 0
  return (candidates) => candidates[turn++ % candidates.length]
}
