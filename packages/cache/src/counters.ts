/** What a process' cache has done since it was opened: numbers that only rise. */
export interface CacheCounters {
  /** Values (and known absences) that Redis had. */
  hits: number
  /** Those of the hits that this process answered without asking Redis. */
  firstLevelHits: number
  /** Those of the hits that said: there is no such thing. */
  absentHits: number
  /** Hits that were served although they were due for renewal. */
  staleServes: number
  /** Keys that Redis did not have, or could not be asked for. */
  misses: number
  /** Keys that were read from the database, for whatever reason. */
  loadedKeys: number
  /** Loaded values that were put. */
  fills: number
  /** Loaded values that were not put, because something had changed or Redis was away. */
  refusedFills: number
  /** Renewals of values that were due. */
  renewals: number
  /** Times a reader waited for what another one was filling. */
  leaseWaits: number
  /** Written values that were put after COMMIT. */
  publishes: number
  /** Written values that were left for the next reader to load. */
  refusedPublishes: number
  /** Hits that were compared with the database, and those of them that were older than it: never, or a fault. */
  compared: number
  foundStale: number
  /** Values that were too large to be cached. */
  tooLarge: number
  /** UTF-16 units of the values that were read from Redis and put there. */
  charactersRead: number
  charactersWritten: number
}

export const createCounters = (): CacheCounters => ({
  hits: 0,
  firstLevelHits: 0,
  absentHits: 0,
  staleServes: 0,
  misses: 0,
  loadedKeys: 0,
  fills: 0,
  refusedFills: 0,
  renewals: 0,
  leaseWaits: 0,
  publishes: 0,
  refusedPublishes: 0,
  compared: 0,
  foundStale: 0,
  tooLarge: 0,
  charactersRead: 0,
  charactersWritten: 0,
})
