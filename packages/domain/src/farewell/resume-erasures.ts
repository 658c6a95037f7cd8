import { accounts } from "@tintype/db"
import { and, asc, gt, isNotNull, isNull, lt, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { farewellWorkflow } from "./workflow.ts"

const BATCH = 100

/**
 * Begins anew with accounts that have been gone for a day, are not erased, and that nobody works on: a step was given up,
 * or its run taken away. What was erased before is not found again. @returns how many
 */
export async function resumeErasures(ctx: Context, signal: AbortSignal): Promise<number> {
  let resumed = 0
  for (let after: string | undefined = "0"; after !== undefined; ) {
    signal.throwIfAborted()
    const page: (typeof accounts.$inferSelect)["id"][] = await ctx.db
      .select({ id: accounts.id })
      .from(accounts)
      .where(
        and(
          isNotNull(accounts.deletedAt),
          isNull(accounts.erasedAt),
          lt(accounts.deletedAt, sql`now() - interval '1 day'`),
          gt(accounts.id, sql`${after}::bigint`),
        ),
      )
      .orderBy(asc(accounts.id))
      .limit(BATCH)
      .then((rows) => rows.map(({ id }) => id))
    for (const id of page) {
      const { result } = await unitOfWork(ctx, id, (unit) => unit.start(farewellWorkflow, id, {}))
      if (result) resumed++
    }
    after = page.length === BATCH ? page.at(-1) : undefined
  }
  return resumed
}
