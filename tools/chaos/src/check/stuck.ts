import type { Sql } from "postgres"
import { type Violation, violating } from "./violation.ts"

const stuck = violating("nothing is stuck")

/** Jobs that are not over, photos that are neither ready nor failed, and likes that no worker has counted yet. */
export async function checkStuck(sql: Sql): Promise<Violation[]> {
  const jobs = await sql<{ name: string; id: string; attempts: number; due: number; error: string | null }[]>`
    select name, id, attempts, extract(epoch from due_at - now())::int as due, last_error as error
    from outbox where dead_at is null`
  const photos = await sql<{ id: string; state: string }[]>`
    select id::text, state from media where state in ('queued', 'processing')`
  const liked = await sql<{ id: string }[]>`
    select distinct subject_id::text as id from counter_deltas where owner_id <> subject_id`
  return [
    ...jobs.map((job) =>
      stuck(`${job.name} ${job.id}, ${job.attempts} runs, due in ${job.due} s: ${job.error ?? ""}`),
    ),
    ...photos.map(({ id, state }) => stuck(`the photo ${id} is ${state}`)),
    ...liked.map(({ id }) => stuck(`likes of the post ${id} are not counted`)),
  ]
}

/**
 * Jobs that were given up though nothing was wrong with them. A photo that was on its way when its member left is gone
 * before its row is: developing it may be given up in between.
 */
export async function checkDead(
  sql: Sql,
  isPoison: (mediaId: string) => boolean,
  gone: ReadonlySet<string>,
): Promise<Violation[]> {
  const rows = await sql<
    { name: string; id: string; media: string | null; reason: string; error: string | null }[]
  >`
    select name, id, payload->>'mediaId' as media, dead_reason as reason, last_error as error
    from outbox where dead_at is not null
      and not (name = 'media.develop' and owner_id = any(${[...gone]}::bigint[]))`
  return rows
    .filter(({ media }) => media === null || !isPoison(media))
    .map(({ name, id, reason, error }) =>
      violating("no innocent fails")(`${name} ${id} was given up (${reason}): ${error ?? ""}`),
    )
}
