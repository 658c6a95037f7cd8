import { setTimeout as sleep } from "node:timers/promises"
import type { Status } from "@tintype/contract"
import type { System } from "@tintype/dev"
import { sql } from "drizzle-orm"
import { openBenchContext } from "../bench-context.ts"
import { makePhoto, upload } from "../community.ts"
import { percentiles } from "../jobs/figures.ts"
import type { Reader } from "./reads.ts"

/** What Instagram told of its busiest days in 2011, and home timelines read beside it; each a second. */
const RATES = { photos: 25, likes: 90, reads: 200 } as const
/** The width of that time's photos. */
const SIDE = 612
/** Calls of a kind that may be under way: beyond them the rate is not held, and what could not begin is counted. */
const MOST_UNDER_WAY = 200

interface Kind {
  ms: number[]
  failed: number
  late: number
}

/** Begins `work` so often a second, whether or not what began before is done, until `end`. */
async function atRate(perSecond: number, end: number, work: () => Promise<unknown>): Promise<Kind> {
  const kind: Kind = { ms: [], failed: 0, late: 0 }
  const underWay = new Set<Promise<void>>()
  const begin = performance.now()
  for (let count = 0; performance.now() < end; count++) {
    await sleep(Math.max(0, begin + (count * 1000) / perSecond - performance.now()))
    if (underWay.size >= MOST_UNDER_WAY) {
      kind.late++
      continue
    }
    const started = performance.now()
    const call = work().then(
      () => void kind.ms.push(performance.now() - started),
      () => void kind.failed++,
    )
    underWay.add(call)
    void call.finally(() => underWay.delete(call))
  }
  await Promise.all(underWay)
  return kind
}

async function ask(url: string, token: string, body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
  const init = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers }
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) })
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return response
}

/** Different bytes each time, as the same photo would be stored once. */
function unlike(photo: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const mark = crypto.getRandomValues(new Uint8Array(16))
  const copy = new Uint8Array(photo.length + mark.length)
  copy.set(photo)
  copy.set(mark, photo.length)
  return copy
}

const drawOf = <T>(all: readonly T[]): T => {
  const one = all[Math.floor(Math.random() * all.length)]
  if (one === undefined) throw new Error("nothing to draw from")
  return one
}

/** How the oldest job that waits ages, and what was given up. */
async function watchJobs(system: System, end: number) {
  const { ctx, close } = openBenchContext(system)
  let oldest = 0
  while (performance.now() < end) {
    const [row] = await ctx.db.execute<{ age: number }>(
      sql`select coalesce(max(extract(epoch from now() - due_at)), 0)::float8 as age from outbox where dead_at is null`,
    )
    oldest = Math.max(oldest, row?.age ?? 0)
    await sleep(1_000)
  }
  const [left] = await ctx.db.execute<{ waiting: number; dead: number }>(sql`
    select count(*) filter (where dead_at is null)::int as waiting, count(dead_at)::int as dead from outbox`)
  await close()
  return {
    "oldest job, s": Number(oldest.toFixed(1)),
    "jobs left": left?.waiting ?? 0,
    "jobs dead": left?.dead ?? 0,
  }
}

/** What is liked until there is something newer. */
async function somePosts(system: System): Promise<string[]> {
  const { ctx, close } = openBenchContext(system)
  const rows = await ctx.db.execute<{ id: string }>(sql`select id from posts order by id desc limit 200`)
  await close()
  return rows.map(({ id }) => id)
}

const row = ({ ms, failed, late }: Kind, seconds: number) => ({
  "a second": Number((ms.length / seconds).toFixed(1)),
  ms: percentiles(ms),
  failed,
  "not begun": late,
})

/** Photos, likes and reads at the rates of 2011, all at once, through the gateway. */
export async function run2011(system: System, readers: readonly Reader[], seconds: number): Promise<void> {
  const home = system.gatewayUrl
  const photos = await Promise.all(Array.from({ length: 8 }, () => makePhoto(SIDE, SIDE)))
  const posted = await somePosts(system)
  const end = performance.now() + seconds * 1000
  const post = async () => {
    const { token } = drawOf(readers)
    const id = await upload(home, token, unlike(drawOf(photos)))
    const answer = await ask(`${home}/api/v1/statuses`, token, { media_ids: [id], status: "" })
    posted.push(((await answer.json()) as Status).id)
  }
  const like = async () => {
    const answer = await ask(
      `${home}/api/v1/statuses/${drawOf(posted.slice(-500))}/favourite`,
      drawOf(readers).token,
      {},
    )
    await answer.arrayBuffer()
  }
  const read = async () => {
    const answer = await ask(`${home}/api/v1/timelines/home`, drawOf(readers).token)
    await answer.arrayBuffer()
  }
  const [photo, liked, seen, jobs] = await Promise.all([
    atRate(RATES.photos, end, post),
    atRate(RATES.likes, end, like),
    atRate(RATES.reads, end, read),
    watchJobs(system, end),
  ])
  console.log(
    `\nThe load of 2011 for ${seconds} s: ${RATES.photos} photos, ${RATES.likes} likes, ${RATES.reads} reads a second`,
  )
  console.table({
    "upload → post": row(photo, seconds),
    likes: row(liked, seconds),
    "home timelines": row(seen, seconds),
  })
  console.table(jobs)
}
