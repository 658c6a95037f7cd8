import { setTimeout as sleep } from "node:timers/promises"
import type { Status } from "@tintype/contract"
import type { System } from "@tintype/dev"
import { sql } from "drizzle-orm"
import { openBenchContext } from "../bench-context.ts"
import { makePhoto } from "../community.ts"
import { percentiles } from "../jobs/figures.ts"
import { json, openLeanClient } from "./lean-client.ts"
import { watchCores, watchJobs } from "./load-watch.ts"
import type { Reader } from "./reads.ts"

/** What Instagram told of its busiest days in 2011, and home timelines read beside it; each a second. */
const RATES = { photos: 25, likes: 90, reads: 200 } as const
/** The width of that time's photos. */
const SIDE = 612
/** Parts of the rates before it is measured: code that was never run is compiled meanwhile. */
const WARMING = [0.1, 0.3, 0.6] as const
const WARMING_MS = 8_000
/** Calls of a kind that may be under way: beyond them the rate is not held, and what could not begin is counted. */
const MOST_UNDER_WAY = 200

interface Kind {
  asked: number
  ms: number[]
  /** How often, by what was said. */
  failed: Map<string, number>
  late: number
}

/** Begins `work` so often a second, whether or not what began before is done, until `end`. */
async function atRate(perSecond: number, end: number, work: () => Promise<unknown>): Promise<Kind> {
  const kind: Kind = { asked: 0, ms: [], failed: new Map(), late: 0 }
  const underWay = new Set<Promise<void>>()
  const begin = performance.now()
  for (let count = 0; performance.now() < end; count++) {
    await sleep(Math.max(0, begin + (count * 1000) / perSecond - performance.now()))
    kind.asked++
    if (underWay.size >= MOST_UNDER_WAY) {
      kind.late++
      continue
    }
    const started = performance.now()
    const call = work().then(
      () => void kind.ms.push(performance.now() - started),
      (error: unknown) => {
        const why = String(error)
          .replace(/^.*?(?=: \d{3})/, "")
          .slice(0, 60)
        kind.failed.set(why, (kind.failed.get(why) ?? 0) + 1)
      },
    )
    underWay.add(call)
    void call.finally(() => underWay.delete(call))
  }
  await Promise.all(underWay)
  return kind
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

/** Photos, likes and reads at the rates of 2011 or a share of them, all at once, through the gateway. */
export async function run2011(system: System, { readers, seconds, share }: Load): Promise<void> {
  using client = openLeanClient(system.gatewayUrl)
  const photos = await Promise.all(Array.from({ length: 8 }, () => makePhoto(SIDE, SIDE)))
  const posted = await somePosts(system)
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
  const all = (part: number, end: number) => [
    atRate(RATES.photos * part, end, post),
    atRate(RATES.likes * part, end, like),
    atRate(RATES.reads * part, end, read),
  ]
  for (const part of WARMING) await Promise.all(all(part * share, performance.now() + WARMING_MS))
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
