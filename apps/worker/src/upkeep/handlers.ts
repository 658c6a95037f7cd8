import { type Context, forgetCached, sweepHistory } from "@tintype/domain"
import { reconcileCounts } from "@tintype/domain/accounts"
import { sweepGrants } from "@tintype/domain/auth"
import { sweepExports } from "@tintype/domain/exports"
import { resumeErasures } from "@tintype/domain/farewell"
import { checkRenditions, sweepOrphans, sweepPortraits, sweepUploads } from "@tintype/domain/media"
import { reconcileFavourites, reconcileReplies, sweepKeys } from "@tintype/domain/posts"
import { reconcileFollowers } from "@tintype/domain/relationships"
import { mendWorkflowRuns } from "@tintype/queue"
import type { JobHandlers } from "../job-handlers.ts"

/** A file that is written to is younger. */
const STALE_MS = 24 * 3600 * 1000

/** Says what a sweep or a check found. */
const told =
  (ctx: Context, what: string, work: (ctx: Context, signal: AbortSignal) => Promise<number>) =>
  async (_payload: object, { signal }: { signal: AbortSignal }): Promise<void> => {
    const found = await work(ctx, signal)
    if (found > 0) ctx.log.info({ found }, what)
  }

export const handleUpkeep = (ctx: Context) =>
  ({
    "cache.forget": ({ keys }) => forgetCached(ctx, keys),
    "media.sweep-uploads": told(ctx, "uploads that were never posted were removed", sweepUploads),
    "media.sweep-files": told(ctx, "half-written files were removed", () =>
      ctx.blobs.sweepTemporary(STALE_MS),
    ),
    "media.sweep-orphans": told(ctx, "files that belonged to nothing were removed", (_, signal) =>
      sweepOrphans(ctx, signal, STALE_MS),
    ),
    "accounts.sweep-exports": told(ctx, "exports that had expired were removed", sweepExports),
    "accounts.resume-erasures": told(ctx, "erasures that were given up were begun anew", resumeErasures),
    "posts.sweep-keys": told(ctx, "idempotency keys were removed", sweepKeys),
    "auth.sweep-grants": told(ctx, "codes and tokens were removed", sweepGrants),
    "jobs.sweep-history": (_payload, { signal }) => sweepHistory(ctx, signal),
    "jobs.mend-workflows": told(ctx, "runs of workflows had lost a job", () => mendWorkflowRuns(ctx.db)),
    "media.sweep-portraits": told(ctx, "avatars and headers that nothing shows were removed", sweepPortraits),
    "media.check-renditions": told(ctx, "photos lack files and are developed again", checkRenditions),
    "accounts.reconcile-counts": told(
      ctx,
      "accounts had wrong counts of posts or of follows",
      reconcileCounts,
    ),
    "accounts.reconcile-followers": told(ctx, "counts of followers were wrong", reconcileFollowers),
    "posts.reconcile-favourites": told(ctx, "counts of likes were wrong", reconcileFavourites),
    "posts.reconcile-replies": told(ctx, "counts of comments were wrong", reconcileReplies),
  }) satisfies JobHandlers
