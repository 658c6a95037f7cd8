import type { Db } from "@tintype/db"
import { sql } from "drizzle-orm"

/** Accounts that one statement writes: a few seconds' work, so that the bar moves. */
const BATCH = 5_000

/** 2026-01-01, in milliseconds since the epoch of ids; one account a millisecond, so that ids rise with numbers. */
const FIRST_MS = 31_536_000_000
/** Posts lie in the 90 days after the accounts. */
const SPAN_MS = 90 * 24 * 3600 * 1000

export interface CommunityOptions {
  accounts: number
  /** Another seed is another community of the same kind. */
  seed: number
  /** Authors with more followers are merged when a timeline is read. */
  pushedFollowers: number
}

export interface Community extends CommunityOptions {
  follows: number
  posts: number
  /** Authors who are merged. */
  merged: number
}

/*
 * Everything is drawn by hashing: the same seed gives the same community, in whatever order it is written.
 * Whom somebody follows is drawn with a density that falls with the number of the account, so that the first ones
 * have very many followers (some 1/n of all edges go to the n-th); how many they follow, and how often they post,
 * are drawn from Pareto distributions.
 */

/** From 0 to 1, of a number and what it is drawn for. */
const draw = (what: string, seed: number) =>
  sql.raw(`((hashint8extended(${what}, ${seed}) & 9007199254740991)::float8 / 9007199254740992)`)

/** The id of the account with this number. */
export const idOfNumber = (n: string) =>
  sql.raw(`(((${FIRST_MS}::bigint + ${n}) << 23) | ((${n} % 8192) << 10))`)

async function inBatches(
  title: string,
  count: number,
  write: (from: number, to: number) => Promise<unknown>,
) {
  const begin = performance.now()
  for (let from = 0; from < count; from += BATCH) {
    const to = Math.min(from + BATCH, count)
    await write(from, to - 1)
    const seconds = ((performance.now() - begin) / 1000).toFixed(0)
    const filled = Math.round((20 * to) / count)
    process.stderr.write(`\r${title.padEnd(10)} ${"█".repeat(filled).padEnd(20, "·")} ${seconds} s`)
  }
  process.stderr.write("\n")
}

const writeAccounts = (db: Db, from: number, to: number) =>
  db.execute(sql`insert into accounts (id, username)
    select ${idOfNumber("n")}, 'member_' || n from generate_series(${from}::bigint, ${to}::bigint) n`)

const writeFollows = (db: Db, { accounts, seed }: CommunityOptions, from: number, to: number) =>
  db.execute(sql`
    with edges as materialized (
      select distinct n, floor(${accounts}::int ^ ${draw("n * 10007 + k", seed + 2)})::bigint - 1 as m
      from generate_series(${from}::bigint, ${to}::bigint) n
      cross join lateral generate_series(1, least(4000, floor(15 / (0.001 + ${draw("n", seed + 1)}) ^ 0.6))::int) k
    ), written as (
      insert into follows (follower_id, followee_id, active)
      select ${idOfNumber("n")}, ${idOfNumber("m")}, true from edges where n <> m)
    insert into followers (followee_id, follower_id)
    select ${idOfNumber("m")}, ${idOfNumber("n")} from edges where n <> m order by 1, 2`)

const writePosts = (db: Db, { seed }: CommunityOptions, from: number, to: number) =>
  db.execute(sql`
    with made as materialized (
      select distinct on (id) ${idOfNumber("n")} as owner_id, id from (
        select n, ((${FIRST_MS}::bigint + 1e7::bigint + floor(${SPAN_MS}::float8 * ${draw("n * 5003 + k", seed + 4)})::bigint) << 23)
          | ((n % 8192) << 10) | (k % 1024) as id
        from generate_series(${from}::bigint, ${to}::bigint) n
        cross join lateral generate_series(1, least(1000, floor(4 / (0.001 + ${draw("n", seed + 3)}) ^ 0.7))::bigint) k
      ) drawn
    ), written as (
      insert into posts (owner_id, id, caption, visibility, sensitive, spoiler_text, mentions, tags)
      select owner_id, id, 'A photograph, and some words about it', 'public', false, '', '[]', '{}' from made)
    insert into post_owners (post_id, owner_id) select id, owner_id from made`)

/** What the rows of the accounts say of their followers, as the jobs would have counted. */
const countEdges = (db: Db) =>
  db.execute(sql`
    update accounts set followers_count = counted.followers, following_count = counted.following
    from (
      select id, sum(followers)::int as followers, sum(following)::int as following from (
        select followee_id as id, count(*) as followers, 0 as following from followers group by 1
        union all select follower_id, 0, count(*) from follows group by 1) as edges
      group by 1) as counted
    where accounts.id = counted.id`)

/**
 * Authors with so many followers are merged when a timeline is read, from their first post on: theirs are all posts
 * already.
 */
const markMerged = (db: Db, pushedFollowers: number) =>
  db.execute(sql`
    with marked as (
      insert into merged_authors select id, now() + interval '30 days' from accounts
      where followers_count > ${pushedFollowers}::int returning 1)
    update instance set merge_epoch = 1 where exists (select from marked)`)

/** Fills empty tables. Posts have no photos: a page's cost is that of its ids, cards and joins. */
export async function generateCommunity(db: Db, options: CommunityOptions): Promise<Community> {
  const { accounts } = options
  await inBatches("accounts", accounts, (from, to) => writeAccounts(db, from, to))
  await inBatches("follows", accounts, (from, to) => writeFollows(db, options, from, to))
  await inBatches("posts", accounts, (from, to) => writePosts(db, options, from, to))
  process.stderr.write("counts, then vacuum\n")
  await countEdges(db)
  await markMerged(db, options.pushedFollowers)
  await db.execute(sql`vacuum analyze follows, followers, posts, post_owners, accounts, merged_authors`)
  const [row] = await db.execute<Omit<Community, keyof CommunityOptions>>(sql`
    select (select count(*)::int from follows) as follows, (select count(*)::int from posts) as posts,
      (select count(*)::int from merged_authors) as merged`)
  return { ...options, follows: row?.follows ?? 0, posts: row?.posts ?? 0, merged: row?.merged ?? 0 }
}
