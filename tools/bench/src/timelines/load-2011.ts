import type { Status } from "@tintype/contract"
import type { System } from "@tintype/dev"
import { sql } from "drizzle-orm"
import { openBenchContext } from "../bench-context.ts"
import { makePhoto } from "../community.ts"
import { percentiles } from "../jobs/figures.ts"
import { atRate, type Kind } from "./at-rate.ts"
import { json, type LeanClient, openLeanClient } from "./lean-client.ts"
import { type Calls, measureCosts } from "./load-costs.ts"
import { watchCores, watchJobs } from "./load-watch.ts"
import type { Reader } from "./reads.ts"

/** What Instagram told of its busiest days in 2011, and home timelines read beside it; each a second. */
const RATES = { photos: 25, likes: 90, reads: 200 } as const
/** The width of that time's photos. */
const SIDE = 612
/** Parts of the rates before it is measured: code that was never run is compiled meanwhile. */
const WARMING = [0.1, 0.3, 0.6] as const
const WARMING_MS = 8_000
type Photos = readonly Uint8Array<ArrayBuffer>[]

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

/** What is liked until there is something newer. */
async function somePosts(system: System): Promise<string[]> {
  const { ctx, close } = openBenchContext(system)
  const rows = await ctx.db.execute<{ id: string }>(sql`select id from posts order by id desc limit 200`)
  await close()
  return rows.map(({ id }) => id)
}

const row = ({ asked, ms, failed, late }: Kind, seconds: number) => ({
  "asked a second": Number((asked / seconds).toFixed(1)),
  "done a second": Number((ms.length / seconds).toFixed(1)),
  ms: percentiles(ms),
  failed: [...failed.entries()].map(([why, count]) => `${count} ${why}`).join(", "),
  "not begun": late,
})

export interface Load {
  readers: readonly Reader[]
  seconds: number
  /** Of the rates of 2011. */
  share: number
}

/** What is asked for, each by a member drawn by chance. */
function callsOf(client: LeanClient, readers: readonly Reader[], posted: string[], photos: Photos): Calls {
  const post = async () => {
    const { token } = drawOf(readers)
    const id = await client.upload(token, unlike(drawOf(photos)))
    const answer = await client.ask("/api/v1/statuses", token, json({ media_ids: [id], status: "" }))
    // The server's answers follow the contract.
    posted.push((JSON.parse(answer.toString()) as Status).id)
  }
  const like = () =>
    client.ask(`/api/v1/statuses/${drawOf(posted.slice(-500))}/favourite`, drawOf(readers).token, json({}))
  const read = () => client.read("/api/v1/timelines/home", drawOf(readers).token)
  return {
    photo: { perSecond: RATES.photos, work: post },
    like: { perSecond: RATES.likes, work: like },
    read: { perSecond: RATES.reads, work: read },
  }
}

/** Photos, likes and reads at the rates of 2011 or a share of them, all at once, through the gateway. */
export async function run2011(system: System, { readers, seconds, share }: Load): Promise<void> {
  using client = openLeanClient(system.gatewayUrl)
  const photos = await Promise.all(Array.from({ length: 8 }, () => makePhoto(SIDE, SIDE)))
  const calls = callsOf(client, readers, await somePosts(system), photos)
  const all = (part: number, end: number) =>
    [calls.photo, calls.like, calls.read].map(({ perSecond, work }) => atRate(perSecond * part, end, work))
  for (const part of WARMING) await Promise.all(all(part * share, performance.now() + WARMING_MS))
  console.log("\nThe processor's time by process, ms: a second at rest, and each alone above that")
  console.table(await measureCosts(system, calls, share))
  const end = performance.now() + seconds * 1000
  const cores = watchCores(system)
  const jobs = watchJobs(system, end)
  const [photo, liked, seen] = await Promise.all(all(share, end))
  const busy = cores()
  console.log(
    `\nThe load of 2011 × ${share} for ${seconds} s: ${RATES.photos} photos, ${RATES.likes} likes, ${RATES.reads} reads a second`,
  )
  const kinds = [
    ["upload → post", photo],
    ["likes", liked],
    ["home timelines", seen],
  ] as const
  console.table(
    Object.fromEntries(kinds.flatMap(([name, kind]) => (kind ? [[name, row(kind, seconds)]] : []))),
  )
  console.table({ "at the end": await jobs })
  console.log("\nCores busy")
  console.table(busy)
}
