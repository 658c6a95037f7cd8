import type { ContenderName } from "./contenders/contenders.ts"

/** What a race is run with. */
export interface RacePlan {
  contender: ContenderName
  /** It ends when so many keys were written, or after so many seconds. */
  writes: number
  seconds: number
  /** Loops that write, and loops that read, over all processes. */
  writers: number
  readers: number
  processes: number
  /** Rows; half of the calls go to the first eight. */
  rows: number
  /** Most keys of a call. */
  batch: number
  textLength: number
  /** A reader waits up to so long between calls. */
  thinkMs: number
  /** Of Redis; what does not fit is evicted. */
  maxMemory: string
  /** How often a process is killed, and Redis; 0 for never. */
  killProcessMs: number
  killRedisMs: number
}

/** As it goes with the tests. */
export const SHORT_RACE: RacePlan = {
  contender: "tintype",
  writes: 20_000,
  seconds: 8,
  writers: 16,
  readers: 64,
  processes: 4,
  rows: 1_000,
  batch: 16,
  textLength: 1_000,
  thinkMs: 60,
  maxMemory: "2500kb",
  killProcessMs: 2_500,
  killRedisMs: 3_500,
}

/** What a player tells after each write. */
export interface Told {
  /** Keys. */
  written: number
  /** Keys that it answered without Redis, since it told last. */
  firstLevelHits: number
}

/** What a player is told when it starts. */
export interface PlayerPlan
  extends Pick<RacePlan, "contender" | "writers" | "readers" | "rows" | "batch" | "thinkMs"> {
  databaseUrl: string
  redisUrl: string
  prefix: string
  historyFile: string
}
