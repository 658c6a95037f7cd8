import { randomUUID } from "node:crypto"
import type { CacheRedis } from "./cache-redis.ts"
import { CacheUnavailable } from "./same-tick.ts"
import { createPushes, type KeyFrame, type Pushes } from "./warm-list-pushes.ts"
import { fill, readNewest, startFill } from "./warm-list-scripts.ts"

/** A list that was built once and is kept up by pushes: the newest entries first, each once. */
export interface WarmList {
  /** What it was built for; a list with an old stamp is void. */
  stamp: string
  /** Whether nothing lies beyond the last of the entries. */
  complete: boolean
  entries: string[]
}

/**
 * Lists of one kind in Redis that may be lost at any time: whoever finds none builds it anew. Entries are ASCII, greater than
 * `!`, and sort by their age: the newer one has the greater byte where they first differ.
 */
export interface WarmLists extends Pushes {
  readonly keyFrame: KeyFrame
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
}

export interface WarmListsOptions {
  prefix?: string
  /** Stands in every key, so that lists of another kind may have the same names. */
  kind: string
  /** Entries a list keeps. */
  most: number
  ttlMs: number
  /** What is greater than all entries that there are before this time, in ms since 1970. */
  beyond(time: number): string
}

/** The longest that a list may take to be built. */
const BUILD_MS = 5_000

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
  { prefix = "", kind, most, ttlMs, beyond }: WarmListsOptions,
): WarmLists {
  const keyFrame = { before: `${prefix}{${kind}:`, after: "}" }
  const newestKey = `${prefix}{${kind}}newest`
  const keyOf = (name: string) => `${keyFrame.before}${name}${keyFrame.after}`
  return {
    ...createPushes(redis, { keyFrame, newestKey, most, beyond }),
    keyFrame,
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
      await orNull(() => redis.run(fill, [keyOf(name), newestKey], `!?${token}`, ttlMs, most, ...kept, seal))
    },
  }
}
