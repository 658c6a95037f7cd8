import { type AccountId, follows, instance, mergedAuthors } from "@tintype/db"
import { and, eq, gt, sql } from "drizzle-orm"
import { type AccountCard, holdAccounts } from "../accounts/index.ts"
import { defineCard } from "../cards.ts"
import type { Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { notMuted } from "./home-skeleton.ts"
import { WARM_MS } from "./warm-lists.ts"

/*
 * Posts of authors with very many followers are not pushed; readers merge them in. A list that lacks such a post must
 * never be read without its author's: so a post is left unpushed only if its author will be merged for longer than any
 * list lives that is there now. Who is merged longer than need be costs a little time, and nothing else.
 */
const DAY_MS = 24 * 3600 * 1000
const LONGEST_LIST_MS = WARM_MS + DAY_MS
const MERGED_MS = 2 * LONGEST_LIST_MS

/** How often somebody was added to those who are merged; 0 while nobody ever was. */
export const mergeEpoch = defineCard<null, { epoch: number }>({
  name: "merge-epoch",
  shape: 1,
  ttlSeconds: 24 * 3600,
  idText: () => "",
  rows: () => sql`
    select 'merge-epoch' as kind, '' as key, merge_epoch + 1 as version,
      jsonb_build_object('epoch', merge_epoch) as card
    from instance where id = 1`,
})

/** Has the author merged from now on. @throws NotFound when their account is gone */
async function beginMerging(ctx: Context, accountId: AccountId): Promise<void> {
  const until = new Date(ctx.now().getTime() + MERGED_MS)
  await unitOfWork(ctx, accountId, async (unit) => {
    await holdAccounts(unit.db, [accountId])
    await unit.db
      .insert(mergedAuthors)
      .values({ accountId, until })
      .onConflictDoUpdate({
        target: mergedAuthors.accountId,
        set: { until: sql`greatest(${mergedAuthors.until}, excluded.until)` },
      })
    const [row] = await unit.db
      .update(instance)
      .set({ mergeEpoch: sql`${instance.mergeEpoch} + 1` })
      .where(eq(instance.id, 1))
      .returning({ epoch: instance.mergeEpoch })
    if (row) unit.put(mergeEpoch.key(null), { version: row.epoch + 1, value: { epoch: row.epoch } })
  })
}

/**
 * Whether a new post of this author may be left to the readers: those who read from now on know that they have to. Those
 * of an author with few followers are pushed, whoever is still merged.
 */
export async function isMergedAtRead(
  ctx: Context,
  accountId: AccountId,
  author: AccountCard | null,
): Promise<boolean> {
  if (!author || author.followersCount <= ctx.settings.pushedFollowers) return false
  const [row] = await ctx.db
    .select({ until: mergedAuthors.until })
    .from(mergedAuthors)
    .where(eq(mergedAuthors.accountId, accountId))
  if (!row || row.until.getTime() <= ctx.now().getTime() + LONGEST_LIST_MS) {
    await beginMerging(ctx, accountId)
  }
  return true
}

/** Those of the viewer's followees who are merged now; mutes that end by themselves are no matter. */
export async function loadMergedFollowees(ctx: Context, viewerId: AccountId): Promise<AccountId[]> {
  const isEdge = and(eq(follows.followerId, viewerId), eq(follows.followeeId, mergedAuthors.accountId))
  const rows = await ctx.db
    .select({ id: mergedAuthors.accountId })
    .from(mergedAuthors)
    .innerJoin(follows, and(isEdge, eq(follows.active, true), eq(follows.home, true), notMuted("lasting")))
    .where(gt(mergedAuthors.until, ctx.now()))
  return rows.map(({ id }) => id)
}
