/** How a job's earlier runs ended. */
export interface RunRecord {
  /** Runs that reported their failure. */
  failures: number
  /** Runs that never reported anything: their process died. */
  unreported: number
}

/**
 * How many of its attempts a job has used up. A process that dies takes all its jobs with it, and only one of them may
 * be to blame. So the first such end is not held against a job. From then on it runs alone, and when a process dies
 * again it was to blame both times: then both count.
 */
export const strikesOf = ({ failures, unreported }: RunRecord): number =>
  failures + (unreported > 1 ? unreported : 0)

/**
 * How long to wait after a job's nth failure, in milliseconds: doubling from `min` to `max`, and spread over the upper
 * half of that, so that jobs which failed together do not come back together.
 */
export function backoffDelay(
  [min, max]: readonly [min: number, max: number],
  failures: number,
  random: () => number = Math.random,
): number {
  const delay = Math.min(max, min * 2 ** Math.min(failures - 1, 30))
  return Math.round(delay * (0.5 + random() / 2))
}
