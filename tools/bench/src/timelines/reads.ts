import { createHash, randomBytes } from "node:crypto"
import type { Status } from "@tintype/contract"
import type { AccountId, Db } from "@tintype/db"
import type { WarmTimelines } from "@tintype/domain/timelines"
import { sql } from "drizzle-orm"
import type { Redis } from "ioredis"

/**
 * How many callers there are: of one alone the time is that of a page, of four on two cores that of a page and of the
 * queue before it.
 */
const CALLERS = { "one at a time": 1, "four at once": 4 }

/** Where nothing is measured. */
const SOME = 4

export type Callers = keyof typeof CALLERS

export interface Reader {
  id: AccountId
  token: string
  followees: number
}

/** Members drawn evenly, each with a token. */
export async function drawReaders(db: Db, count: number): Promise<Reader[]> {
  const rows = await db.execute<{ id: AccountId; followees: number }>(sql`
    select id, (select count(*)::int from follows where follower_id = id) as followees
    from accounts order by hashint8(id) limit ${count}::int`)
  const readers = rows.map((row) => ({ ...row, token: randomBytes(32).toString("base64url") }))
  for (const { id, token } of readers) {
    const hash = createHash("sha256").update(token).digest("base64url")
    await db.execute(sql`insert into access_tokens (token_hash, app_id, account_id, scopes)
      values (${hash}, 1, ${id}::bigint, '{read,write}')`)
  }
  return readers
}

type Call = () => Promise<unknown>

async function read(url: string, { token }: Reader): Promise<Status[]> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  // The server's answers follow the contract.
  return (await response.json()) as Status[]
}

/** Milliseconds that each call took. */
async function timed(calls: readonly Call[], callers: number): Promise<number[]> {
  const waiting = [...calls]
  const took: number[] = []
  const caller = async () => {
    for (let call = waiting.pop(); call; call = waiting.pop()) {
      const begin = performance.now()
      await call()
      took.push(performance.now() - begin)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return took
}

/** The cursor of a reader's 50th page of 20. */
async function deepCursor(db: Db, { id }: Reader): Promise<string | undefined> {
  const [row] = await db.execute<{ id: string }>(sql`
    select p.id from posts p where p.owner_id = any (array(select followee_id from follows where follower_id = ${id}::bigint))
    order by p.id desc offset 980 limit 1`)
  return row?.id
}

interface Community {
  db: Db
  redis: Redis
  lists: WarmTimelines
  readers: readonly Reader[]
}

/** What is read, and in which state: brought about anew before each measurement. */
interface Row {
  title: string
  prepare: () => Promise<unknown>
  calls: readonly Call[]
}

/** With nothing in Redis; with a warm list and cards; with cards and no list; and far behind the end of any list. */
async function rowsOf(apiUrl: string, { db, redis, lists, readers }: Community): Promise<Row[]> {
  const home = `${apiUrl}/api/v1/timelines/home?limit=20`
  const page1 = readers.map((reader) => () => read(home, reader))
  const page50: Call[] = []
  for (const reader of readers) {
    const cursor = await deepCursor(db, reader)
    if (cursor) page50.push(() => read(`${home}&max_id=${cursor}`, reader))
  }
  const empty = () => redis.flushall()
  const warm = () => timed(page1, SOME)
  const emptied = async () => {
    await empty()
    await warm()
  }
  const unlisted = async () => {
    await warm()
    const { before, after } = lists.home.keyFrame
    await redis.unlink(...readers.map(({ id }) => before + id + after))
  }
  const rows: Row[] = [
    { title: "page 1, Redis empty", prepare: empty, calls: page1 },
    { title: "page 1, warm", prepare: warm, calls: [...page1, ...page1, ...page1] },
    { title: "page 1, no list (pull only)", prepare: unlisted, calls: page1 },
  ]
  if (page50.length === 0) return rows
  return [
    ...rows,
    { title: "page 50, its cards cold", prepare: emptied, calls: page50 },
    { title: "page 50, its cards warm", prepare: () => timed(page50, SOME), calls: page50 },
  ]
}

/** By row and by how many call at once: the milliseconds that reads of home timelines took at the api itself. */
export async function measureReads(
  apiUrl: string,
  community: Community,
): Promise<Map<string, Record<Callers, number[]>>> {
  const rows = await rowsOf(apiUrl, community)
  // The code that was never run is no part of what is measured.
  for (const { prepare, calls } of rows) {
    await prepare()
    await timed(calls, SOME)
  }
  const measured = new Map<string, Record<Callers, number[]>>()
  for (const { title, prepare, calls } of rows) {
    const by = async (callers: Callers) => {
      await prepare()
      return timed(calls, CALLERS[callers])
    }
    const [alone, together] = [await by("one at a time"), await by("four at once")]
    measured.set(title, { "one at a time": alone, "four at once": together })
  }
  return measured
}
