import type { WarmList } from "@tintype/cache"
import type { Paging } from "@tintype/contract"
import { type AccountId, type Db, follows, newestFirst, type PostId, posts } from "@tintype/db"
import { and, asc, desc, eq, ne, or, sql } from "drizzle-orm"
import { mentions, type PostRef, withinPage } from "../posts/index.ts"
import { decodeEntry } from "./home-entry.ts"

/** From Postgres: the posts of the accounts that the viewer follows, and the viewer's own. Always right. */
export async function loadSkeleton(db: Db, viewerId: AccountId, paging: Paging): Promise<PostRef[]> {
  const followees = db
    .select({ id: follows.followeeId })
    .from(follows)
    .where(and(eq(follows.followerId, viewerId), eq(follows.active, true)))
  const authors = sql`any(array(${followees} union all select ${viewerId}::bigint))`
  const meant = or(ne(posts.visibility, "direct"), eq(posts.ownerId, viewerId), mentions(viewerId))
  const refs = await db
    .select({ id: posts.id, ownerId: posts.ownerId })
    .from(posts)
    .where(and(sql`${posts.ownerId} = ${authors}`, meant, ...withinPage(paging)))
    .orderBy(paging.min_id ? asc(posts.id) : desc(posts.id))
    .limit(paging.limit)
  return paging.min_id ? refs.reverse() : refs
}

const isNewer = (one: PostId, other: string) => newestFirst(one, other as PostId) < 0

/**
 * A page out of a warm list, which may hold entries twice and out of order.
 *
 * @returns null when the page reaches beyond what the list is sure to hold
 */
export function pageOfWarmList(list: WarmList, paging: Paging): PostRef[] | null {
  const known = new Map(
    list.entries.flatMap((text) => {
      const ref = decodeEntry(text)
      return ref ? [[ref.id, ref] as const] : []
    }),
  )
  const refs = [...known.values()].sort((a, b) => newestFirst(a.id, b.id))
  const { max_id, since_id, min_id, limit } = paging
  const lower = min_id ?? since_id
  const fits = refs.filter(
    ({ id }) => (!max_id || (id !== max_id && !isNewer(id, max_id))) && (!lower || isNewer(id, lower)),
  )
  const oldest = refs.at(-1)
  const sure =
    list.complete ||
    (min_id ? oldest !== undefined && !isNewer(oldest.id, min_id) : fits.length >= limit) ||
    (lower !== undefined && oldest !== undefined && !isNewer(oldest.id, lower))
  if (!sure) return null
  return min_id ? fits.slice(-limit) : fits.slice(0, limit)
}
