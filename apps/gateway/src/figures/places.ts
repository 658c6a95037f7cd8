import { LONG_SECONDS, Timings } from "@tintype/observe"

/** The places for requests in flight: see policies/limit-concurrency.ts. */
export class Places {
  readonly most: number
  running = 0
  waiting = 0
  /** Told to come back later. */
  refused = 0
  /** Those that had to wait, and were admitted. */
  readonly waits = new Timings(LONG_SECONDS)

  constructor(most: number) {
    this.most = most
  }
}
