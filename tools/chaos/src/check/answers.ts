import type { Account, Status } from "@tintype/contract"
import type { Sql } from "postgres"
import { ask, type Member } from "../load/member.ts"
import { type Violation, violating } from "./violation.ts"

const differs = violating("answers equal the database")

const PAGE = 40
/** Requests at once. */
const LANES = 8

async function forAll<T>(list: readonly T[], check: (each: T) => Promise<Violation[]>): Promise<Violation[]> {
  const found: Violation[] = []
  const rest = [...list]
  const lane = async () => {
    for (let each = rest.pop(); each !== undefined; each = rest.pop()) found.push(...(await check(each)))
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return found
}

interface PostRow {
  id: string
  caption: string
  replies: number
  /** Whether the viewer and its author are kept from each other. */
  barred: boolean
  likes: number
  liked: boolean
}

/** A post as a member and as a stranger sees it, through gateway and caches. */
const checkPost = (home: string, viewer: Member) => async (row: PostRow) => {
  const own = await viewer.get<Status>(`/api/v1/statuses/${row.id}`)
  const strangers = await ask<Status>(`${home}/api/v1/statuses/${row.id}`)
  const found: Violation[] = []
  if (row.barred && own.status !== 404) found.push(differs(`a blocked member sees the post ${row.id}`))
  const seen = row.barred ? [] : [["a member", own] as const]
  for (const [who, { status, body }] of [...seen, ["a stranger", strangers] as const]) {
    if (status !== 200) found.push(differs(`${who} sees ${status} instead of the post ${row.id}`))
    else if (body.favourites_count !== row.likes) {
      found.push(differs(`${who} sees ${body.favourites_count} likes of ${row.id}, not ${row.likes}`))
    }
    if (status !== 200) continue
    if (body.content !== `<p>${row.caption}</p>`)
      found.push(differs(`${who} reads ${body.content} in ${row.id}, not ${row.caption}`))
    if (body.replies_count !== row.replies)
      found.push(differs(`${who} sees ${body.replies_count} comments on ${row.id}, not ${row.replies}`))
  }
  if (own.status === 200 && own.body.favourited !== row.liked) {
    found.push(differs(`${viewer.username} is told ${own.body.favourited} of liking ${row.id}`))
  }
  return found
}

const checkGone = (home: string, viewer: Member) => async (id: string) => {
  const statuses = [
    (await viewer.get(`/api/v1/statuses/${id}`)).status,
    (await ask(`${home}/api/v1/statuses/${id}`)).status,
  ]
  return statuses.every((status) => status === 404)
    ? []
    : [differs(`the deleted post ${id} gives ${statuses}`)]
}

const checkAccount = (sql: Sql) => async (member: Member) => {
  const [row] = await sql<{ statuses_count: number; followers_count: number; following_count: number }[]>`
    select statuses_count, followers_count, following_count from accounts where id = ${member.id}`
  const { status, body } = await member.get<Account>(`/api/v1/accounts/${member.id}`)
  const names = ["statuses_count", "followers_count", "following_count"] as const
  if (status !== 200 || !row) return [differs(`the account ${member.id} gives ${status}`)]
  return names
    .filter((name) => body[name] !== row[name])
    .map((name) => differs(`${name} of ${member.id}: ${body[name]}, not ${row[name]}`))
}

/** The whole timeline, page by page: an entry of a deleted post takes a place on its page. */
async function readHome(member: Member): Promise<string[]> {
  const seen: string[] = []
  for (;;) {
    const before = seen.length > 0 ? `&max_id=${seen.at(-1)}` : ""
    const { status, body } = await member.get<Status[]>(`/api/v1/timelines/home?limit=${PAGE}${before}`)
    if (status !== 200) throw new Error(`the home timeline of ${member.username} gives ${status}`)
    if (body.length === 0) return seen
    seen.push(...body.map(({ id }) => id))
  }
}

const checkHome = (sql: Sql) => async (member: Member) => {
  const rows = await sql<{ id: string }[]>`
    select id::text from posts where in_feeds and (owner_id = ${member.id}
      or owner_id in (select followee_id from follows where follower_id = ${member.id} and active))
    order by posts.id desc`
  const wanted = rows.map(({ id }) => id)
  const seen = await readHome(member)
  if (seen.join() === wanted.join()) return []
  const missing = wanted.filter((id) => !seen.includes(id))
  const foreign = seen.filter((id) => !wanted.includes(id))
  return [differs(`the home timeline of ${member.username} lacks [${missing}] and has [${foreign}]`)]
}

export interface AnswersOptions {
  sql: Sql
  home: string
  members: readonly Member[]
  /** Ids of posts that are gone. */
  deleted: readonly string[]
}

/** What the system answers from its caches, against what stands in Postgres. */
export async function checkAnswers({ sql, home, members, deleted }: AnswersOptions): Promise<Violation[]> {
  const [viewer] = members
  if (!viewer) return []
  const posts = await sql<PostRow[]>`
    select id::text, caption, favourites_count as likes, replies_count as replies, exists (
      select from follows t where t.follower_id = ${viewer.id} and t.followee_id = p.owner_id
        and (t.block_id is not null or t.blocked_by)) as barred, exists (
      select from favourites f
      where f.owner_id = p.owner_id and f.post_id = p.id and f.account_id = ${viewer.id} and f.active) as liked
    from posts p`
  return [
    ...(await forAll(posts, checkPost(home, viewer))),
    ...(await forAll(deleted, checkGone(home, viewer))),
    ...(await forAll(members, checkAccount(sql))),
    ...(await forAll(members, checkHome(sql))),
  ]
}
