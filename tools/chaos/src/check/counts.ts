import type { Sql } from "postgres"
import { type Violation, violating } from "./violation.ts"

const wrong = violating("counts equal rows")
const left = violating("nothing half done is left")

/** Counts that jobs fold, against the rows that they count; and rows of posts that are gone. */
export async function checkCounts(sql: Sql): Promise<Violation[]> {
  const counts = await sql<{ what: string; id: string; counted: number; rows: number }[]>`
    select * from (
      select 'posts' as what, id::text, statuses_count as counted,
        (select count(*)::int from posts p where p.owner_id = a.id and p.in_feeds) as rows from accounts a
      union all select 'followed accounts', id::text, following_count,
        (select count(*)::int from follows f where f.follower_id = a.id and f.active) from accounts a
      union all select 'followers', id::text, followers_count,
        (select count(*)::int from followers f where f.followee_id = a.id) from accounts a
      union all select 'likes', id::text, favourites_count,
        (select count(*)::int from favourites f where f.owner_id = p.owner_id and f.post_id = p.id and f.active)
        from posts p
      union all select 'comments', id::text, replies_count,
        (select count(*)::int from comments c where c.owner_id = coalesce(p.thread_owner_id, p.owner_id)
          and c.post_id = coalesce(p.thread_id, p.id) and c.parent_id = p.id and c.counted) from posts p
    ) as each where counted <> rows`
  const orphans = await sql<{ what: string; id: string }[]>`
    select 'a note of a count' as what, subject_id::text as id from counter_deltas
    union all select 'a note of a count of comments', subject_id::text from reply_deltas
    union all select 'a like', post_id::text from favourites f
      where not exists (select from posts p where p.owner_id = f.owner_id and p.id = f.post_id)
    union all select 'a comment in a thread', id::text from comments c
      where not exists (select from posts p where p.owner_id = c.account_id and p.id = c.id)
    union all select 'a comment in no thread', id::text from posts p
      where in_reply_to_id is not null and thread_id is not null and not exists (
        select from comments c where c.owner_id = p.thread_owner_id and c.post_id = p.thread_id and c.id = p.id)
    union all select 'the owner', post_id::text from post_owners o
      where not exists (select from posts p where p.owner_id = o.owner_id and p.id = o.post_id)
    union all select 'a photo', post_id::text from media m
      where post_id is not null and not exists (select from posts p where p.owner_id = m.owner_id and p.id = m.post_id)`
  return [
    ...counts.map(({ what, id, counted, rows }) => wrong(`${counted} ${what} of ${id}, which has ${rows}`)),
    ...orphans.map(({ what, id }) => left(`${what} of ${id}`)),
  ]
}
