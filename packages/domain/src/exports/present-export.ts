import type { AccountExport } from "@tintype/contract"
import type { accountExports } from "@tintype/db"
import { signPath } from "@tintype/media/signed-path"
import { readWorkflowRun, type WorkflowStepView } from "@tintype/queue"
import type { Context } from "../context.ts"
import { archiveKey } from "./keys.ts"

type ExportRow = typeof accountExports.$inferSelect

/** What share of the whole time each step takes, about, in percent. */
const SHARES: Readonly<Record<string, number>> = { collect: 5, pack: 25, zip: 70 }

/** How much of a step is done, from 0 to 1. */
function partDone({ state, items, progress }: WorkflowStepView): number {
  if (state === "done") return 1
  const told = progress ?? items
  return told && told.total > 0 ? Math.min(1, told.done / told.total) : 0
}

/** How far an export is whose file is not there. */
async function readProgress(ctx: Context, { ownerId, runId }: ExportRow) {
  const run = await readWorkflowRun(ctx.db, { ownerId, id: runId })
  if (run?.state !== "running") return { state: "failed", progress: 0 } as const
  const percent = run.steps.reduce((sum, step) => sum + (SHARES[step.name] ?? 0) * partDone(step), 0)
  return { state: "running", progress: Math.min(99, Math.floor(percent)) } as const
}

const isOver = (ctx: Context, { expiresAt, removedAt }: ExportRow) =>
  removedAt !== null || (expiresAt !== null && expiresAt <= ctx.now())

/** Where the file is found: by a link that works for whoever has it, until the export expires. */
function linkOf({ settings }: Context, { ownerId, id, attempt, expiresAt }: ExportRow): string | null {
  if (attempt === null || expiresAt === null) return null
  const expires = Math.floor(expiresAt.getTime() / 1000)
  return settings.publicUrl + signPath(settings.signingSecret, archiveKey(ownerId, id, attempt), expires)
}

export async function presentExport(ctx: Context, row: ExportRow): Promise<AccountExport> {
  const { id, bytes, posts, photos, createdAt, readyAt, expiresAt } = row
  const about = { id, created_at: createdAt.toISOString(), expires_at: expiresAt?.toISOString() ?? null }
  const figures = { bytes, posts, photos }
  if (readyAt === null) return { ...about, ...(await readProgress(ctx, row)), url: null, ...figures }
  const over = isOver(ctx, row)
  const state = over ? "expired" : "ready"
  return { ...about, state, progress: 100, url: over ? null : linkOf(ctx, row), ...figures }
}
