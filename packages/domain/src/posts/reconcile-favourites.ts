import { type AccountId, counterDeltas, type PostId } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { foldFavouritesJob } from "./jobs.ts"

const BATCH = 500

interface Counted extends Record<string, unknown> {
  owner_id: AccountId
  id: PostId
  off: number
}

/** Posts of which the count of likes may be wrong, by how much, in the order of the key; the last one even if it is right. */
const countPage = ({ db }: Context, ownerId: string, id: string) =>
  db.execute<Counted>(sql`
    with page as materialized (
      select owner_id, id, favourites_count from posts
      where (owner_id, id) > (${ownerId}::bigint, ${id}::bigint) order by owner_id, id limit ${BATCH}::int
    ), last as (select owner_id, id from page order by owner_id desc, id desc limit 1)
    select owner_id, id, off::int from (
      select owner_id, id,
        (select count(*) from favourites f where f.owner_id = page.owner_id and f.post_id = page.id and active)
          - favourites_count
          - coalesce((select sum(delta) from counter_deltas d where d.owner_id = page.owner_id and d.subject_id = page.id), 0)
          as off
      from page) as counted
    where off <> 0 or (owner_id, id) = (select owner_id, id from last)
    order by owner_id, id`)

/**
 * Sets counts of likes right that are wrong: see `reconcileFollowers`.
 *
 * @returns how many were wrong
 */
export async function reconcileFavourites(ctx: Context, signal: AbortSignal): Promise<number> {
  let found = 0
  let last: { owner_id: string; id: string } | undefined = { owner_id: "0", id: "0" }
  while (last) {
    signal.throwIfAborted()
    const rows: readonly Counted[] = await countPage(ctx, last.owner_id, last.id)
    for (const { owner_id: ownerId, id, off } of rows) {
      if (off === 0) continue
      await unitOfWork(ctx, ownerId, async (unit) => {
        await unit.db.insert(counterDeltas).values({ ownerId, subjectId: id, delta: off })
        unit.enqueue(foldFavouritesJob, ownerId, { postId: id })
      })
      found++
    }
    last = rows.at(-1)
  }
  return found
}
