import type { Sql } from "postgres"
import { mayBeRefused } from "../load/actor.ts"
import type { Claims } from "../load/claims.ts"
import { type Violation, violating } from "./violation.ts"

const lost = violating("nothing acknowledged is lost")
const twice = violating("nothing happens twice")

async function posts(sql: Sql, claims: Claims): Promise<Violation[]> {
  const rows = await sql<{ id: string; caption: string; parent: string | null; media: string[] }[]>`
    select p.id::text, p.caption, p.in_reply_to_id::text as parent, array(
      select m.id::text from media m where m.owner_id = p.owner_id and m.post_id = p.id) as media
    from posts p`
  const found = new Map(rows.map((row) => [row.id, row]))
  const missing = [...claims.posts, ...claims.comments].flatMap(([id, claim]) => {
    const row = found.get(id)
    if (!row) return [lost(`the post ${id}`)]
    if (row.caption !== claim.caption) return [lost(`what ${id} says: ${row.caption}, not ${claim.caption}`)]
    if ("mediaId" in claim) return row.media.join() === claim.mediaId ? [] : [lost(`the photo of ${id}`)]
    const isLeft = claims.posts.has(claim.parentId) || claims.comments.has(claim.parentId)
    const isRight = row.parent === claim.parentId || (!isLeft && row.parent === null)
    return isRight ? [] : [lost(`what ${id} answers: ${row.parent}, not ${claim.parentId}`)]
  })
  const undead = [...claims.deleted]
    .filter((id) => found.has(id))
    .map((id) => lost(`the end of the post ${id}`))
  const byKey = Map.groupBy(rows, ({ caption }) => caption.split(" edited ")[0])
  const doubled = [...byKey].filter(([, { length }]) => length > 1).map(([key]) => twice(`the post ${key}`))
  return [...missing, ...undead, ...doubled]
}

/** A block stands with both, as it was acknowledged last, and nobody follows across it. */
async function blocks(sql: Sql, claims: Claims): Promise<Violation[]> {
  const rows = await sql<{ name: string; mirrored: boolean; followed: boolean }[]>`
    select a.follower_id || ' ' || a.followee_id as name, coalesce(b.blocked_by, false) as mirrored,
      a.active or coalesce(b.active, false) as followed
    from follows a left join follows b on b.follower_id = a.followee_id and b.followee_id = a.follower_id
    where a.block_id is not null`
  const standing = new Set(rows.map(({ name }) => name))
  const isLeft = (name: string) => !name.split(" ").some((id) => claims.gone.has(id))
  const torn = rows.filter(({ mirrored, followed }) => !mirrored || followed)
  return [
    ...[...claims.blocks]
      .filter(([name, is]) => isLeft(name) && standing.has(name) !== is)
      .map(([name]) => lost(`the block ${name}`)),
    ...torn.map(({ name }) => violating("nothing half done is left")(`one side of the block ${name}`)),
  ]
}

/** What stands on one side of an edge has to be what was acknowledged last, and the other side its mirror. */
async function edges(sql: Sql, claims: Claims): Promise<Violation[]> {
  const likes = await sql<{ name: string; active: boolean; mirrored: boolean }[]>`
    select f.account_id || ' ' || f.post_id as name, f.active, l.post_id is not null as mirrored
    from favourites f left join likes l on l.account_id = f.account_id and l.post_id = f.post_id`
  const follows = await sql<{ name: string; active: boolean; mirrored: boolean }[]>`
    select f.follower_id || ' ' || f.followee_id as name, f.active, r.followee_id is not null as mirrored
    from follows f left join followers r on r.follower_id = f.follower_id and r.followee_id = f.followee_id`
  const check = (
    what: string,
    wanted: Map<string, boolean>,
    rows: typeof likes,
    matters: (name: string) => boolean,
  ) => {
    const active = new Map(rows.map((row) => [row.name, row.active]))
    const wrong = [...wanted]
      .filter(([name, is]) => matters(name) && (active.get(name) ?? false) !== is)
      .map(([name]) => lost(`the ${what} ${name}`))
    const torn = rows
      .filter((row) => row.active !== row.mirrored)
      .map(({ name }) => violating("nothing half done is left")(`one side of the ${what} ${name}`))
    return [...wrong, ...torn]
  }
  const isLeft = (name: string) => {
    const [who = "", what = ""] = name.split(" ")
    return !claims.gone.has(who) && (claims.posts.has(what) || claims.comments.has(what))
  }
  const isTogether = (name: string) => {
    const [who = "", whom = ""] = name.split(" ")
    return !claims.gone.has(who) && !mayBeRefused(claims, who, whom)
  }
  return [
    ...check("like", claims.likes, likes, isLeft),
    ...check("follow", claims.follows, follows, isTogether),
    ...(await blocks(sql, claims)),
  ]
}

/** Effects of the harness's own jobs: each acknowledged one has exactly one, any other one at most. */
async function effects(sql: Sql, claims: Claims): Promise<Violation[]> {
  const rows = await sql<{ job_id: string; effects: number }[]>`
    select job_id, count(*)::int as effects from chaos_effects group by job_id`
  const counts = new Map(rows.map((row) => [row.job_id, row.effects]))
  const overlapping = await sql<{ key: string }[]>`
    select a.key from chaos_effects a join chaos_effects b
      on a.name = 'chaos.serial' and b.name = a.name and b.key = a.key and b.job_id <> a.job_id
      and a.began < b.began and b.began < a.ended`
  return [
    ...[...claims.jobs]
      .filter(([id]) => !counts.has(id))
      .map(([id, name]) => lost(`the effect of ${name} ${id}`)),
    ...[...counts]
      .filter(([, effects]) => effects > 1)
      .map(([id, n]) => twice(`${n} effects of the job ${id}`)),
    ...overlapping.map(({ key }) => twice(`two serial jobs at once: ${key}`)),
  ]
}

/** Compares what members and producers were told with the rows. */
export async function checkClaims(sql: Sql, claims: Claims): Promise<Violation[]> {
  return (await Promise.all([posts(sql, claims), edges(sql, claims), effects(sql, claims)])).flat()
}
