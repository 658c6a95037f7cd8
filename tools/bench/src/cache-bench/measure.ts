import type { Contender, OpenContender } from "../cache-race/contenders/contender.ts"
import type { Row } from "../cache-race/table.ts"

/** Microseconds of this process' processor time for one call: what a busy machine does not change. */
export interface Costs {
  hit: number
  "hit of 20": number
  miss: number
  write: number
}

const LANES = 16
const QUICK = 50
const ROWS = 1000

/** About 1 kB of JSON, in the manner of a post's card. */
const rowOf = (key: number): Row => ({
  key,
  version: 1,
  text: "A caption of some length, with #tags and @names, as captions are. ".repeat(5),
  card: {
    id: String(key).padStart(18, "7"),
    ownerId: "714567890123456789",
    visibility: "public",
    createdAt: "2026-05-04T12:34:56.789Z",
    photos: [1, 2].map((n) => ({
      id: `71456789012345${n}`,
      blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
      sizes: { small: [320, 240], medium: [640, 480], large: [1280, 960] },
      description: "What is to be seen",
    })),
    tags: ["one", "two", "three"],
    mentions: [],
    likes: 12,
    comments: 3,
  },
})

async function cost(calls: number, call: () => Promise<unknown>): Promise<number> {
  let left = calls
  const lane = async () => {
    while (left-- > 0) await call()
  }
  const before = process.cpuUsage()
  await Promise.all(Array.from({ length: LANES }, lane))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / calls
}

async function measure(contender: Contender, calls: number): Promise<Costs> {
  const keys = Array.from({ length: ROWS }, (_, key) => key)
  for (let at = 0; at < ROWS; at += 20) await contender.read(keys.slice(at, at + 20))
  let turn = 0
  const next = (limit: number) => {
    turn += 1
    return (turn * 7919) % limit
  }
  // Never read before, not even by an earlier round.
  let unread = ROWS + Math.floor(Math.random() * 1e8) * 10
  const write = async () => {
    const after = await contender.beforeCommit([{ ...rowOf(next(ROWS)), version: turn + 1 }], async () => {})
    await after()
  }
  const hit = () => contender.read([next(ROWS)])
  await cost(calls, hit)
  // Where no round trip is needed it takes many calls to measure one.
  const times = (contender.firstLevelHits?.() ?? 0) > 0 ? QUICK : 1
  return {
    hit: await cost(times * calls, hit),
    "hit of 20": await cost(calls / 4, () => {
      const at = next(ROWS - 20)
      return contender.read(keys.slice(at, at + 20))
    }),
    miss: await cost(calls / 2, () => {
      unread += 1
      return contender.read([unread])
    }),
    write: await cost(calls / 2, write),
  }
}

const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

const KINDS = ["hit", "hit of 20", "miss", "write"] as const

/**
 * The medians of a few rounds, in which all take their turns, so that what else the machine does hits all alike.
 *
 * @param calls hits in a round; of the other kinds fewer
 */
export async function compare<Name extends string>(
  openers: Record<Name, OpenContender>,
  redisUrl: string,
  { rounds, calls }: { rounds: number; calls: number },
): Promise<Map<string, Costs>> {
  const load = async (keys: readonly number[]) => keys.map(rowOf)
  const owed = async () => []
  const owe = async () => undefined
  const results = new Map<string, Costs[]>()
  for (let round = 0; round < rounds; round++) {
    for (const [name, open] of Object.entries<OpenContender>(openers)) {
      const contender = await open({ redisUrl, prefix: `${name}:`, load, owed, owe })
      const costs = await measure(contender, calls)
      await contender.close()
      results.set(name, [...(results.get(name) ?? []), costs])
    }
  }
  return new Map(
    [...results].map(([name, each]) => {
      const of = (kind: (typeof KINDS)[number]) => median(each.map((costs) => costs[kind]))
      return [name, { hit: of("hit"), "hit of 20": of("hit of 20"), miss: of("miss"), write: of("write") }]
    }),
  )
}
