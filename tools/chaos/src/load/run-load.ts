import { setTimeout as sleep } from "node:timers/promises"
import { openDatabase } from "@tintype/db"
import { createLogger } from "@tintype/observe"
import { openQueue } from "@tintype/queue"
import type { Random } from "../random.ts"
import type { ChaosSystem } from "../system/chaos-system.ts"
import { PREFIX } from "../system/jobs.ts"
import type { Actor, Operation } from "./actor.ts"
import { type Claims, count } from "./claims.ts"
import type { Member } from "./member.ts"
import { drawOperation, makeUp } from "./operations.ts"
import { leave } from "./part.ts"
import type { MadePhoto } from "./photos.ts"
import { produceJob } from "./produce-jobs.ts"

export interface LoadOptions {
  members: readonly Member[]
  photos: readonly MadePhoto[]
  random: Random
  claims: Claims
  /** Operations in all, jobs of the harness's own among them. */
  count: number
  /** In which they are spread; it takes longer when the system cannot follow. */
  ms: number
}

/** Of all operations, those that members do; the others are jobs of the harness's own. */
const BY_MEMBERS = 0.6
const PRODUCERS = 8

/** Calls `work` so often, by so many at once, each when it is due. */
async function paced(
  lanes: number,
  times: number,
  ms: number,
  work: (lane: number) => Promise<void>,
): Promise<void> {
  const begin = performance.now()
  let begun = 0
  const lane = async (index: number) => {
    while (begun < times) {
      const due = begin + (begun++ / times) * ms
      await sleep(Math.max(0, due - performance.now()))
      await work(index)
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)))
}

/** Of so many members one leaves, when half of the time is over. */
const LEAVES = 6

async function membersAtWork({ members, random, claims, photos, ...options }: LoadOptions): Promise<void> {
  const begin = performance.now()
  const doing = async (actor: Actor, operation: Operation) => {
    try {
      await operation(actor)
    } catch (error) {
      count(claims, "given up")
      claims.oddities.push(error instanceof Error ? error.message : String(error))
    }
  }
  const actors = members.map((member): Actor => {
    const others = members.filter((other) => other !== member)
    return { member, others, random: random.fork(member.username), claims, photos, unposted: [] }
  })
  await paced(actors.length, options.count * BY_MEMBERS, options.ms, async (lane) => {
    const actor = actors[lane]
    if (!actor) throw new Error(`nobody works in lane ${lane}`)
    if (claims.gone.has(actor.member.id)) return
    const leaves = lane % LEAVES === LEAVES - 1 && performance.now() - begin > options.ms / 2
    await doing(actor, leaves ? leave : drawOperation(actor.random))
  })
  const [first] = actors
  if (first) await doing(first, makeUp)
}

/** Members and producers at work, everything through the ways that fail. */
export async function runLoad({ system, ways }: ChaosSystem, options: LoadOptions): Promise<void> {
  const log = createLogger("chaos", "silent")
  // Its own connections suffer what the api's do.
  const through = (url: string, way: Parameters<typeof ways.proxy>[0]) => {
    const changed = new URL(url)
    changed.port = String(ways.proxy(way).port)
    return changed.href
  }
  const url = through(system.stores.DATABASE_URL, "api>pgbouncer")
  const redisUrl = through(system.stores.REDIS_QUEUE_URL, "api>redis-queue")
  const { db, close } = openDatabase({ url, poolSize: PRODUCERS })
  const queue = openQueue({ redisUrl, log, prefix: PREFIX })
  const randoms = Array.from({ length: PRODUCERS }, (_, index) => options.random.fork(`producer ${index}`))
  const produce = (lane: number) => produceJob(db, queue, randoms[lane] ?? options.random, options.claims)
  try {
    await Promise.all([
      membersAtWork(options),
      paced(PRODUCERS, options.count * (1 - BY_MEMBERS), options.ms, produce),
    ])
  } finally {
    await queue.close()
    await close()
  }
}
