import {
  type AccountId,
  accounts,
  type Db,
  type MediaId,
  media,
  newIdOf,
  type PostId,
  postOwners,
  posts,
  sendAlong,
} from "@tintype/db"
import { createLogger } from "@tintype/observe"
import { enqueueAll, openQueue } from "@tintype/queue"
import { and, eq, sql } from "drizzle-orm"
import { effectJob } from "./catalogue.ts"
import { median, rateOf } from "./figures.ts"
import { type JobStores, OWNER } from "./stores.ts"

const log = createLogger("bench", "fatal")
const CALLERS = 32

interface Author {
  id: AccountId
  photo: MediaId
}

/** Members, each with a developed photo: posts of one member would wait for each other. */
async function writeAuthors(db: Db): Promise<Author[]> {
  const ids = Array.from({ length: CALLERS }, (_, n) => String(BigInt(OWNER) + BigInt(n)) as AccountId)
  await db.insert(accounts).values(ids.map((id) => ({ id, username: `author_${id}` })))
  const photo = { purpose: "post", state: "ready", originalType: "image/jpeg", originalBytes: 1 } as const
  const authors: Author[] = []
  for (const id of ids) authors.push({ id, photo: await newIdOf<MediaId>(db, id) })
  await db
    .insert(media)
    .values(
      authors.map((author) => ({ ...photo, ownerId: author.id, id: author.photo, originalSha256: "0" })),
    )
  return authors
}

/** What `createPost` writes of a post with one photo, in its order; the photo is taken anew each time. */
async function writePost(tx: Db, { id: ownerId, photo }: Author, id: PostId): Promise<void> {
  await tx
    .update(media)
    .set({ postId: id, position: 1 })
    .where(and(eq(media.ownerId, ownerId), eq(media.id, photo)))
    .returning()
  const counted = tx
    .update(accounts)
    .set({
      statusesCount: sql`${accounts.statusesCount} + 1`,
      lastPostOn: sql`(now() at time zone 'UTC')::date`,
      version: sql`${accounts.version} + 1`,
    })
    .where(eq(accounts.id, ownerId))
    .returning()
  const caption = "The harbour before the rain"
  const inserted = tx
    .insert(posts)
    .values({
      ownerId,
      id,
      caption,
      visibility: "public",
      sensitive: false,
      spoilerText: "",
      mentions: [],
      tags: [],
    })
    .returning()
  const owner = tx.insert(postOwners).values({ postId: id, ownerId })
  await Promise.all([counted, inserted, sendAlong(tx, owner.getSQL())])
}

/**
 * Posts a second of 32 members as the product writes them, without the cache: alone, and with the two jobs that a post
 * makes, which are sent after COMMIT. In turns.
 */
export async function measurePosts({ db, redisUrl }: JobStores, ms: number) {
  const queue = openQueue({ redisUrl, log })
  await queue.dispatch([])
  const authors = await writeAuthors(db)
  let turn = 0
  const next = async () => {
    const author = authors[turn++ % CALLERS]
    if (!author) throw new Error("there are no authors")
    return [author, await newIdOf<PostId>(db, author.id)] as const
  }
  const alone = async () => {
    const post = await next()
    return db.transaction((tx) => writePost(tx, ...post))
  }
  const withJobs = async () => {
    const post = await next()
    return db.transaction(async (tx) => {
      await writePost(tx, ...post)
      const job = { job: effectJob, ownerId: post[0].id, payload: {} }
      return enqueueAll(tx, [job, job])
    })
  }
  const dispatched = async () => queue.dispatch(await withJobs())
  const works = { alone, "with its two jobs": withJobs, "with its two jobs, dispatched": dispatched }
  const rates = new Map(Object.keys(works).map((name) => [name, [] as number[]]))
  for (let round = 0; round < 3; round++) {
    for (const [name, work] of Object.entries(works)) rates.get(name)?.push(await rateOf(CALLERS, ms, work))
  }
  await queue.close()
  const base = median(rates.get("alone") ?? [])
  return Object.fromEntries(
    [...rates].map(([name, of]) => [name, `${Math.round(median(of))} (${(median(of) / base).toFixed(2)})`]),
  )
}
