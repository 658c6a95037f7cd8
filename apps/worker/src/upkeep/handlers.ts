import { type Context, forgetCached } from "@tintype/domain"
import type { JobHandlers } from "../job-handlers.ts"

export const handleUpkeep = (ctx: Context) =>
  ({
    "cache.forget": ({ keys }) => forgetCached(ctx, keys),
  }) satisfies JobHandlers
