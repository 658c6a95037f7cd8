import { type AccountId, counterDeltas } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { foldFollowersJob } from "./jobs.ts"

const BATCH = 500

interface Wrong extends Record<string, unknown> {
  id: AccountId
  off: number
}

/**
 * Accounts whose count of followers, with what is noted but not folded, is not the number of their followers. One
 * statement sees one moment, in which an edge and its note are either both there or both not.
 */
async function findWrong({ db }: Context, after: string): Promise<{ wrong: Wrong[]; last: string | null }> {
  const rows = await db.execute<Wrong & { last: string | null }>(sql`
    with page as materialized (select id, followers_count from accounts where id > ${after}::bigint order by id limit ${BATCH}::int)
    select id, off::int, (select max(id) from page) as last from (
      select id,
        (select count(*) from followers where followee_id = page.id) - followers_count
          - coalesce((select sum(delta) from counter_deltas where owner_id = page.id and subject_id = page.id), 0) as off
      from page) as counted
    where off <> 0 or id = (select max(id) from page)`)
  return { wrong: rows.filter(({ off }) => off !== 0), last: rows[0]?.last ?? null }
}

/**
 * Sets counts of followers right that are wrong. A correction is a note like any other: whatever is noted meanwhile
 * keeps its meaning.
 *
 * @returns how many were wrong
 */
export async function reconcileFollowers(ctx: Context, signal: AbortSignal): Promise<number> {
  let found = 0
  for (let after: string | null = "0"; after !== null; ) {
    signal.throwIfAborted()
    const { wrong, last }: { wrong: Wrong[]; last: string | null } = await findWrong(ctx, after)
    for (const { id, off } of wrong) {
      await unitOfWork(ctx, id, async (unit) => {
        await unit.db.insert(counterDeltas).values({ ownerId: id, subjectId: id, delta: off })
        unit.enqueue(foldFollowersJob, id, { accountId: id })
      })
    }
    found += wrong.length
    after = last
  }
  return found
}
