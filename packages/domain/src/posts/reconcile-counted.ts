import { type AccountId, counterDeltas, type PostId, replyDeltas } from "@tintype/db"
import { type SQL, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { foldRepliesJob } from "./jobs.ts"

const BATCH = 500

interface Counted extends Record<string, unknown> {
  owner_id: AccountId
  id: PostId
  off: number
}

/** A count of posts: its column, the rows that it should be, and where what is not added up yet is noted. */
interface Counter {
  column: SQL
  rows: SQL
  notes: typeof counterDeltas | typeof replyDeltas
  /** What adds them up; without one they are looked for. */
  job?: typeof foldRepliesJob
}

const LIKES: Counter = {
  column: sql`favourites_count`,
  rows: sql`select count(*) from favourites f where f.owner_id = page.owner_id and f.post_id = page.id and active`,
  notes: counterDeltas,
}

const COMMENTS: Counter = {
  column: sql`replies_count`,
  rows: sql`select count(*) from comments c where c.owner_id = coalesce(page.thread_owner_id, page.owner_id)
    and c.post_id = coalesce(page.thread_id, page.id) and c.parent_id = page.id and c.counted`,
  notes: replyDeltas,
  job: foldRepliesJob,
}

/** Posts of which the count may be wrong, by how much, in the order of the key; the last one even if it is right. */
const countPage = ({ db }: Context, { column, rows, notes }: Counter, ownerId: string, id: string) =>
  db.execute<Counted>(sql`
    with page as materialized (
      select owner_id, id, thread_owner_id, thread_id, ${column} as counted from posts
      where (owner_id, id) > (${ownerId}::bigint, ${id}::bigint) order by owner_id, id limit ${BATCH}::int
    ), last as (select owner_id, id from page order by owner_id desc, id desc limit 1)
    select owner_id, id, off::int from (
      select owner_id, id, (${rows}) - page.counted
          - coalesce((select sum(delta) from ${notes} d where d.owner_id = page.owner_id and d.subject_id = page.id), 0)
          as off
      from page) as compared
    where off <> 0 or (owner_id, id) = (select owner_id, id from last)
    order by owner_id, id`)

const reconcile =
  (counter: Counter) =>
  async (ctx: Context, signal: AbortSignal): Promise<number> => {
    let found = 0
    let last: { owner_id: string; id: string } | undefined = { owner_id: "0", id: "0" }
    while (last) {
      signal.throwIfAborted()
      const rows: readonly Counted[] = await countPage(ctx, counter, last.owner_id, last.id)
      for (const { owner_id: ownerId, id, off } of rows) {
        if (off === 0) continue
        await unitOfWork(ctx, ownerId, async (unit) => {
          await unit.db.insert(counter.notes).values({ ownerId, subjectId: id, delta: off })
          if (counter.job) unit.enqueue(counter.job, ownerId, { postId: id })
        })
        found++
      }
      last = rows.at(-1)
    }
    return found
  }

/** Sets counts of likes right that are wrong: see `reconcileFollowers`. @returns how many were wrong */
export const reconcileFavourites = reconcile(LIKES)

/** Sets counts of comments right that are wrong, in the same way. @returns how many were wrong */
export const reconcileReplies = reconcile(COMMENTS)
