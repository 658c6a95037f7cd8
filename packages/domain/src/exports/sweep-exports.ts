import { accountExports } from "@tintype/db"
import { and, asc, eq, isNull, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { inBatches } from "../in-batches.ts"
import { exportFolder } from "./keys.ts"

const BATCH = 100

/** Removes the files of exports that have expired, or never got done. @returns how many */
export const sweepExports = (ctx: Context, signal: AbortSignal): Promise<number> =>
  inBatches(signal, async () => {
    const expired = sql`coalesce(${accountExports.expiresAt}, ${accountExports.createdAt} + interval '8 days') < now()`
    const rows = await ctx.db
      .select({ ownerId: accountExports.ownerId, id: accountExports.id })
      .from(accountExports)
      .where(and(isNull(accountExports.removedAt), expired))
      .orderBy(asc(accountExports.createdAt))
      .limit(BATCH)
    for (const { ownerId, id } of rows) {
      await ctx.blobs.remove(exportFolder(ownerId, id))
      await ctx.db
        .update(accountExports)
        .set({ removedAt: sql`now()` })
        .where(and(eq(accountExports.ownerId, ownerId), eq(accountExports.id, id)))
    }
    return rows.length
  })
