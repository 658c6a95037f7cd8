import type { Context } from "@tintype/domain"
import { foldFollowers } from "@tintype/domain/relationships"
import type { JobHandlers } from "../job-handlers.ts"

export const handleRelationships = (ctx: Context) =>
  ({
    "accounts.fold-followers": ({ accountId }) => foldFollowers(ctx, accountId),
  }) satisfies JobHandlers
