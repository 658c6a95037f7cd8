export { type Broadcast, createBroadcast } from "./broadcasts/broadcast.ts"
export { hearChannel, type Listener } from "./broadcasts/hear-channel.ts"
export { type Cache, type CacheOptions, createCache, openCache } from "./cache.ts"
export { type CacheRedis, type CacheRedisOptions, openCacheRedis } from "./cache-redis.ts"
export type { CacheWrite, Change, RecordOwed } from "./cache-write.ts"
export type { CacheCounters } from "./counters.ts"
export {
  type CacheEntry,
  type CacheKey,
  defineEntry,
  type EntryOptions,
  type EntryPolicy,
} from "./define-entry.ts"
export type { ReadOwed } from "./ledger.ts"
export type { Limit } from "./limits/bucket-scripts.ts"
export { createLimiter, type Limiter } from "./limits/limiter.ts"
export { networkOf } from "./limits/network-of.ts"
export { createPurges, type Purges } from "./purges/publish-purges.ts"
export { rememberKeys } from "./remember-keys.ts"
export { CacheUnavailable } from "./same-tick.ts"
export { type Script, script } from "./scripts.ts"
export { type Load, LoadsExhausted } from "./single-flight.ts"
export {
  type CounterBoard,
  type CounterBoardOptions,
  createCounterBoard,
  type ToldCounters,
} from "./told-counters.ts"
export type { Comparison, Stale } from "./verify.ts"
export { Found, Loaded, type Versioned } from "./versioned.ts"
export type { KeyFrame, ListKeys, Spread } from "./warm-list-pushes.ts"
export { createWarmLists, type WarmList, type WarmLists, type WarmListsOptions } from "./warm-lists.ts"
