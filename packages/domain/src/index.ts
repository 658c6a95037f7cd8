export { forgetCached } from "./cache-repair.ts"
export type { Actor, Context, Settings } from "./context.ts"
export { deathHooks } from "./death-hooks.ts"
export * from "./errors.ts"
export { jobs, workflows } from "./jobs.ts"
export {
  type ContextOptions,
  type OpenContext,
  openContext,
  type StoreProbes,
  type Stores,
} from "./open-context.ts"
export { surrogateKeys } from "./surrogate-keys.ts"
export { sweepHistory } from "./sweep-history.ts"
export * from "./sweep-jobs.ts"
export { type CacheReport, verifyCache } from "./verify-cache.ts"
export { Written } from "./written.ts"
