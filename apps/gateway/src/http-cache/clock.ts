/** The time, as freshness needs it: a test moves it. */
export interface Clock {
  /** Milliseconds since 1970, to compare with dates in headers. */
  date(): number
  /** Milliseconds that only ever grow, to measure how long something lies here. */
  ticks(): number
}

export const SYSTEM_CLOCK: Clock = {
  date: () => Date.now(),
  ticks: () => performance.now(),
}
