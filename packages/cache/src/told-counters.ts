import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import type { Cache } from "./cache.ts"
import type { CacheRedis } from "./cache-redis.ts"
import { type CacheCounters, createCounters } from "./counters.ts"
import { CacheUnavailable } from "./same-tick.ts"
import { NOW, script } from "./scripts.ts"

/** What one process' cache has done. */
export interface ToldCounters {
  /** What the process is: `api`, `worker`. */
  service: string
  host: string
  pid: number
  sinceMs: number
  inUse: boolean
  firstLevelBytes: number
  counters: CacheCounters
}

/** Has processes tell each other what their caches do, through Redis. */
export interface CounterBoard {
  /** Tells this process' counters, and gives those of all that told theirs within 15 s: its own while Redis is away. */
  tell(service: string): Promise<ToldCounters[]>
  /** Tells every 5 s, until the returned function is called. */
  keepTelling(service: string): () => void
  /** Bytes that Redis holds, and may hold at most (0: any number); null while it is away. */
  readBytes(): Promise<{ used: number; most: number } | null>
}

export interface CounterBoardOptions {
  prefix?: string
  /** How long what a process told is shown. */
  lifeMs?: number
  everyMs?: number
}

/** ARGV: the process, its life in ms, what it tells. Drops what is too old; answers what all told. */
const tellAndRead = script(`${NOW}
local told = {}
redis.call('HSET', KEYS[1], ARGV[1], now .. ' ' .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local at, text = string.match(all[i + 1], '^(%d+) (.*)$')
  if at and now - tonumber(at) <= tonumber(ARGV[2]) then told[#told + 1] = text
  else redis.call('HDEL', KEYS[1], all[i]) end
end
return told
`)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null

const numberIn = (value: unknown): number => (typeof value === "number" ? value : 0)

function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}

/** What another process told, which may be of another version: counters it does not have are 0. */
function readTold(text: unknown): ToldCounters[] {
  const told = parse(text)
  if (!isRecord(told) || !isRecord(told.counters)) return []
  const counters = createCounters()
  for (const name of Object.keys(counters) as (keyof CacheCounters)[]) {
    counters[name] = numberIn(told.counters[name])
  }
  return [
    {
      service: String(told.service),
      host: String(told.host),
      pid: numberIn(told.pid),
      sinceMs: numberIn(told.sinceMs),
      inUse: told.inUse === true,
      firstLevelBytes: numberIn(told.firstLevelBytes),
      counters,
    },
  ]
}

async function orAway<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof CacheUnavailable) return undefined
    throw error
  }
}

async function readBytes(redis: CacheRedis): Promise<{ used: number; most: number } | null> {
  const info = await orAway(redis.send("info", "memory"))
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(String(info))?.[1] ?? 0)
  return info === undefined ? null : { used: field("used_memory"), most: field("maxmemory") }
}

export function createCounterBoard(
  redis: CacheRedis,
  cache: Pick<Cache, "counters" | "inUse" | "firstLevelBytes">,
  { prefix = "", lifeMs = 15_000, everyMs = 5_000 }: CounterBoardOptions = {},
): CounterBoard {
  const id = randomUUID()
  const key = `${prefix}cache-counters`
  const own = (service: string): ToldCounters => ({
    service,
    host: hostname(),
    pid: process.pid,
    sinceMs: Math.round(performance.timeOrigin),
    inUse: cache.inUse,
    firstLevelBytes: cache.firstLevelBytes,
    counters: { ...cache.counters },
  })
  const tell = async (service: string) => {
    const mine = JSON.stringify(own(service))
    const all = await orAway(redis.run(tellAndRead, [key], id, lifeMs, mine))
    return Array.isArray(all) ? all.flatMap(readTold) : [own(service)]
  }
  return {
    tell,
    keepTelling(service) {
      // What fails once is told five seconds later.
      const timer = setInterval(() => void tell(service).catch(() => undefined), everyMs).unref()
      return () => clearInterval(timer)
    },
    readBytes: () => readBytes(redis),
  }
}
