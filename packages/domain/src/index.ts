export { forgetCached } from "./cache-repair.ts"
export type { Actor, Context, Settings } from "./context.ts"
export * from "./errors.ts"
export { jobs } from "./jobs.ts"
