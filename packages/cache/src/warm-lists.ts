import { randomUUID } from "node:crypto"
import { setImmediate as nextTurn } from "node:timers/promises"
import type { CacheRedis } from "./cache-redis.ts"
import { CacheUnavailable } from "./same-tick.ts"
import { fill, push, readNewest, startFill } from "./warm-list-scripts.ts"

/** A list that was built once and is kept up by pushes: the newest entries first, each once. */
export interface WarmList {
  /** What it was built for; a list with an old stamp is void. */
  stamp: string
  /** Whether nothing lies beyond the last of the entries. */
  complete: boolean
  entries: string[]
}

/**
 * Lists in Redis that may be lost at any time: whoever finds none builds it anew. Entries are ASCII, greater than
 * `!`, and sort by their age: the newer one has the greater byte where they first differ.
 */
export interface WarmLists {
  /**
   * Null when there is none, it is being built, or Redis is away.
   *
   * @param most entries to read, from the newest; all if not given
   */
  read(name: string, most?: number): Promise<WarmList | null>
  /**
   * Leave to build the list, which takes the place of one that is there; null when somebody else is at it. What is to
   * be in it has to be read after this: what is pushed from here on is kept.
   */
  startFill(name: string): Promise<string | null>
  /** The entries from the newest on, each once. Nothing happens when the leave is over. */
  fill(name: string, token: string, list: WarmList): Promise<void>
  /**
   * Puts an entry in its place in those of the lists that exist, or are being built, and reach as far back; one that
   * is there already changes nothing.
   *
   * @throws CacheUnavailable when Redis did not do it
   */
  push(names: readonly string[], entry: string): Promise<void>
}

export interface WarmListsOptions {
  prefix?: string
  /** Entries a list keeps. */
  most: number
  ttlMs: number
}

/** The longest that a list may take to be built. */
const BUILD_MS = 5_000
/** Lists of one script: under a millisecond, for which Redis does nothing else. */
const LISTS_AT_ONCE = 500
/** Scripts that are under way, so that Redis has the next one when it is done with one. */
const UNDER_WAY = 2

function parse(reply: unknown): WarmList | null {
  if (!Array.isArray(reply) || reply.length === 0) return null
  const seal = String(reply.at(-1))
  if (seal.startsWith("!?")) return null
  return {
    stamp: seal.slice(1).replace(/\+$/, ""),
    complete: seal.endsWith("+"),
    entries: reply.slice(0, -1).map(String),
  }
}

/** The names and their place, so many at a time of the same length. */
function* inBatches(names: readonly string[]): Generator<[number, readonly string[]]> {
  for (let begin = 0, end = 0; begin < names.length; begin = end) {
    const most = Math.min(begin + LISTS_AT_ONCE, names.length)
    const { length = 0 } = names[begin] ?? ""
    while (end < most && names[end]?.length === length) end++
    yield [begin, names.slice(begin, end)]
  }
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CacheUnavailable) return null
    throw error
  }
}

export function createWarmLists(
  redis: CacheRedis,
  { prefix = "", most, ttlMs }: WarmListsOptions,
): WarmLists {
  const keyOf = (name: string) => `${prefix}{${name}}`
  const slack = Math.floor(most / 10)
  /** @param names of one length */
  const pushSome = (names: readonly string[], entry: string) => {
    const keys = names.map(keyOf).join("")
    return redis.run(push, [], entry, most, slack, keys.length / names.length, keys)
  }
  // What is sent in one turn of the event loop travels together, there and back: Redis would wait until all of it is
  // encoded, and this process until all of it is done.
  let turn: Promise<unknown> = Promise.resolve()
  const turnOfItsOwn = () => {
    turn = turn.then(() => nextTurn())
    return turn
  }
  return {
    read: (name, first) =>
      orNull(async () => {
        if (!redis.trusted) return null
        const key = keyOf(name)
        return parse(await (first ? redis.run(readNewest, [key], first) : redis.send("lrange", key, 0, -1)))
      }),
    startFill: (name) =>
      orNull(async () => {
        const token = randomUUID()
        return (await redis.run(startFill, [keyOf(name)], `!?${token}`, BUILD_MS)) === 1 ? token : null
      }),
    async fill(name, token, { stamp, complete, entries }) {
      const kept = entries.slice(0, most)
      const seal = complete && kept.length === entries.length ? `!${stamp}+` : `!${stamp}`
      await orNull(() => redis.run(fill, [keyOf(name)], `!?${token}`, ttlMs, most, ...kept, seal))
    },
    async push(names, entry) {
      const batches = inBatches(names)
      const lane = async () => {
        for (const [index, batch] of batches) {
          if (index > 0) await turnOfItsOwn()
          await pushSome(batch, entry)
        }
      }
      await Promise.all(Array.from({ length: UNDER_WAY }, lane))
    },
  }
}
