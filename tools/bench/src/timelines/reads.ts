import { createHash, randomBytes } from "node:crypto"
import type { Status } from "@tintype/contract"
import type { AccountId, Db } from "@tintype/db"
import type { WarmTimelines } from "@tintype/domain/timelines"
import { sql } from "drizzle-orm"
import type { Redis } from "ioredis"

const AT_ONCE = 4

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

async function read(url: string, { token }: Reader): Promise<Status[]> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  // The server's answers follow the contract.
  return (await response.json()) as Status[]
}

/** Milliseconds that each call took, a few callers at once. */
export async function timed<T>(of: readonly T[], work: (each: T) => Promise<unknown>): Promise<number[]> {
  const waiting = [...of]
  const took: number[] = []
  const caller = async () => {
    for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
      const begin = performance.now()
      await work(each)
      took.push(performance.now() - begin)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, caller))
  return took
}

/** The cursor of a reader's 50th page of 20. */
async function deepCursor(db: Db, { id }: Reader): Promise<string | undefined> {
  const [row] = await db.execute<{ id: string }>(sql`
    select p.id from posts p where p.owner_id = any (array(select followee_id from follows where follower_id = ${id}::bigint))
    order by p.id desc offset 980 limit 1`)
  return row?.id
}

export interface ReadFigures {
  title: string
  ms: number[]
}

/**
 * Reads of home timelines at the api itself: with nothing in Redis; with a warm list and cards; with cards and no
 * list, which is what pulling alone would be; and far behind the end of any list.
 */
export async function measureReads(
  apiUrl: string,
  { db, redis, lists, readers }: { db: Db; redis: Redis; lists: WarmTimelines; readers: readonly Reader[] },
): Promise<ReadFigures[]> {
  const home = `${apiUrl}/api/v1/timelines/home?limit=20`
  const page1 = (reader: Reader) => read(home, reader)
  // Tokens are no part of what is measured, and neither is the code that was never run.
  await redis.flushall()
  await timed(readers, page1)
  await redis.flushall()
  const figures: ReadFigures[] = [{ title: "page 1, Redis empty", ms: await timed(readers, page1) }]
  await timed(readers, page1)
  figures.push({ title: "page 1, warm", ms: await timed([...readers, ...readers, ...readers], page1) })
  const { before, after } = lists.home.keyFrame
  await redis.unlink(...readers.map(({ id }) => before + id + after))
  figures.push({ title: "page 1, no list (pull only)", ms: await timed(readers, page1) })
  const deep: { reader: Reader; url: string }[] = []
  for (const reader of readers) {
    const cursor = await deepCursor(db, reader)
    if (cursor) deep.push({ reader, url: `${home}&max_id=${cursor}` })
  }
  const page50 = ({ reader, url }: (typeof deep)[number]) => read(url, reader)
  if (deep.length === 0) return figures
  figures.push({ title: "page 50, cards cold", ms: await timed(deep, page50) })
  figures.push({ title: "page 50, cards warm", ms: await timed(deep, page50) })
  return figures
}
