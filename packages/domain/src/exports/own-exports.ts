import type { AccountExport } from "@tintype/contract"
import { type AccountId, accountExports, type Db, type ExportId, newIdOf, parseId } from "@tintype/db"
import { and, desc, eq, sql } from "drizzle-orm"
import { holdMember } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { Conflict, NotFound, TooMany } from "../errors.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { presentExport } from "./present-export.ts"
import { exportWorkflow } from "./workflow.ts"

/** Exports that are told of; older ones have expired. */
const MOST_LISTED = 10
/** Exports begun in a day, failed ones included. */
const MOST_A_DAY = 5
const DAY_SECONDS = 86_400

/** One export a day, not counting those that failed, of which there may be a few. @throws TooMany */
async function checkRecent(tx: Db, ownerId: AccountId): Promise<void> {
  const recent = await tx
    .select({
      ready: sql<boolean>`${accountExports.readyAt} is not null`,
      age: sql<number>`extract(epoch from now() - ${accountExports.createdAt})::float8`,
    })
    .from(accountExports)
    .where(
      and(eq(accountExports.ownerId, ownerId), sql`${accountExports.createdAt} > now() - interval '1 day'`),
    )
    .orderBy(desc(accountExports.id))
    .limit(MOST_A_DAY)
  const last = recent.find(({ ready }) => ready) ?? (recent.length === MOST_A_DAY ? recent.at(-1) : undefined)
  if (last) throw new TooMany(Math.max(1, Math.ceil(DAY_SECONDS - last.age)))
}

/**
 * Begins to put everything of an account into one file.
 *
 * @throws Conflict while another one is under way; TooMany; Unavailable when too much work of its class waits
 */
export async function startExport(ctx: Context, { accountId: ownerId }: Actor): Promise<AccountExport> {
  const id = await newIdOf<ExportId>(ctx.db, ownerId)
  const { result } = await unitOfWork(ctx, ownerId, async (unit) => {
    await holdMember(unit.db, ownerId)
    const runId = await unit.start(exportWorkflow, ownerId, { exportId: id })
    if (!runId) throw new Conflict("An export is on its way already.")
    await checkRecent(unit.db, ownerId)
    const [row] = await unit.db.insert(accountExports).values({ ownerId, id, runId }).returning()
    if (!row) throw new Error("the export was not written")
    return row
  })
  return presentExport(ctx, result)
}

/** The newest exports of an account, the newest first. */
export async function listExports(ctx: Context, { accountId }: Actor): Promise<AccountExport[]> {
  const rows = await ctx.db
    .select()
    .from(accountExports)
    .where(eq(accountExports.ownerId, accountId))
    .orderBy(desc(accountExports.id))
    .limit(MOST_LISTED)
  return Promise.all(rows.map((row) => presentExport(ctx, row)))
}

/** @throws NotFound, also for somebody else's */
export async function getExport(ctx: Context, { accountId }: Actor, idText: string): Promise<AccountExport> {
  const id = parseId<"export">(idText)
  const isIt = id && and(eq(accountExports.ownerId, accountId), eq(accountExports.id, id))
  const [row] = isIt ? await ctx.db.select().from(accountExports).where(isIt) : []
  if (!row) throw new NotFound()
  return presentExport(ctx, row)
}
