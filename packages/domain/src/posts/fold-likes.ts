import type { AccountId, Db, PostId } from "@tintype/db"
import { sql } from "drizzle-orm"
import { loadCards } from "../cards.ts"
import type { Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { postCard } from "./post-card.ts"

/** Notes at once: their posts are counted and written to the cache together, and locked for as long as that takes. */
const BATCH = 300

/** Keeps two processes from adding up at the same time, who would wait for each other's rows. */
const ONE_AT_A_TIME = 1_413_827_151

/** Of likes: notes of followers have the account itself for a subject, and are added up by a job of each account. */
const OF_POSTS = sql.raw("owner_id <> subject_id")
const IN_ORDER = sql.raw("order by owner_id, subject_id, sequence")

/** Whose post has been liked and not counted yet. */
async function ownerOfFirst(db: Db): Promise<AccountId | undefined> {
  const [first] = await db.execute<{ owner_id: AccountId }>(
    sql`select owner_id from counter_deltas where ${OF_POSTS} ${IN_ORDER} limit 1`,
  )
  return first?.owner_id
}

interface Folded extends Record<string, unknown> {
  /** Notes. */
  taken: number
  /** Posts. */
  counted: PostId[]
}

/** Takes notes away and adds them to their posts' rows; none while another process does. */
async function takeNotes(tx: Db): Promise<Folded> {
  const [folded] = await tx.execute<Folded>(sql`
    with turn as materialized (select pg_try_advisory_xact_lock(${ONE_AT_A_TIME}) as mine),
    noted as materialized (
      select owner_id, subject_id, sequence from counter_deltas
      where ${OF_POSTS} and (select mine from turn) ${IN_ORDER} limit ${BATCH}
    ), taken as (
      delete from counter_deltas using noted
      where counter_deltas.owner_id = noted.owner_id and counter_deltas.subject_id = noted.subject_id
        and counter_deltas.sequence = noted.sequence
      returning counter_deltas.owner_id, counter_deltas.subject_id, delta
    ), sums as (select owner_id, subject_id, sum(delta)::int as sum from taken group by owner_id, subject_id),
    counted as (
      update posts set favourites_count = greatest(0, favourites_count + sum), version = version + 1
      from sums where posts.owner_id = sums.owner_id and posts.id = sums.subject_id and sum <> 0
      returning posts.id)
    select (select count(*)::int from taken) as taken,
      (select coalesce(jsonb_agg(id::text), '[]') from counted) as counted`)
  return folded ?? { taken: 0, counted: [] }
}

async function foldBatch(ctx: Context, ownerId: AccountId): Promise<number> {
  const { result } = await unitOfWork(ctx, ownerId, async (unit) => {
    const { taken, counted } = await takeNotes(unit.db)
    const keys = counted.map((id) => postCard.key(id))
    if (keys.length > 0) {
      const cards = await loadCards(unit.db, keys)
      for (const key of keys) unit.putCounted(key, cards.row(key))
    }
    return taken
  })
  return result
}

/**
 * Adds up the likes that are noted, of all posts together: a like costs no job, and many likes of many posts a few
 * statements. A process that dies has taken no note away.
 *
 * @returns how many notes there were
 */
export async function foldLikes(ctx: Context, signal: AbortSignal): Promise<number> {
  let folded = 0
  while (!signal.aborted) {
    const ownerId = await ownerOfFirst(ctx.db)
    const taken = ownerId ? await foldBatch(ctx, ownerId) : 0
    folded += taken
    if (taken < BATCH) break
  }
  return folded
}
