import { defineJob } from "@tintype/queue"
import { Type } from "typebox"
import type { Context } from "./context.ts"

/** Filed by a write that could not reach the cache: what it left there must not be believed. */
export const forgetCachedJob = defineJob({
  name: "cache.forget",
  class: "upkeep",
  payload: Type.Object({ keys: Type.Array(Type.String(), { maxItems: 1000 }) }),
  attempts: 1000,
  backoffMs: [200, 5_000],
  deadlineSeconds: 10,
})

/** Safe to run twice: forgetting costs a read of the database at most. */
export const forgetCached = (ctx: Context, keys: readonly string[]): Promise<void> => ctx.cache.forget(keys)
