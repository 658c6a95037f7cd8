import { randomUUID } from "node:crypto"
import { setImmediate as nextTurn } from "node:timers/promises"
import type { CacheRedis } from "./cache-redis.ts"
import { push } from "./warm-list-scripts.ts"

/** Keys of lists, one after the other, all of one length. */
export interface ListKeys {
  text: string
  length: number
}

/** What stands before and after a list's name in its key, for who has the database put keys together. */
export interface KeyFrame {
  before: string
  after: string
}

/** @throws CacheUnavailable when Redis did not do it: the rest of the lists is for another spread */
export type Spread = (parts: readonly ListKeys[]) => Promise<void>

export interface Pushes {
  /**
   * Puts an entry in its place in those of the lists that exist, or are being built, and reach as far back; one that
   * is there already changes nothing.
   *
   * @throws CacheUnavailable when Redis did not do it
   */
  push(names: readonly string[], entry: string): Promise<void>
  /** As `push`, to lists that no spread of the entry ever reaches, so that one stays as quick. */
  pushApart(names: readonly string[], entry: string): Promise<void>
  /**
   * As `push`, to very many lists in several steps, each list in one of them at most: quick while the entry is newer than
   * all that were pushed or built with before.
   */
  spread(entry: string): Spread
}

export interface PushesOptions {
  keyFrame: KeyFrame
  /** Where it is remembered how new the newest entry is. */
  newestKey: string
  /** Entries a list keeps. */
  most: number
  /** What is greater than all entries that there are before this time, in ms since 1970. */
  beyond(time: number): string
}

/** Lists of one script: under a millisecond, for which Redis does nothing else. */
const LISTS_AT_ONCE = 500
/** Scripts that are under way, so that Redis has the next one when it is done with one. */
const UNDER_WAY = 2
/**
 * After it was lost what the newest entry is, lists are looked at one by one until all that may be in them is older: for
 * longer than clocks differ, and processes of the release before go on that do not tell.
 */
const UNSURE_MS = 10 * 60_000

/** The script's names of who is no spread. */
const ANYBODY = "!"
const APART = ""

/** The parts in pieces of so many keys, and their place. */
function* inBatches(parts: readonly ListKeys[]): Generator<[number, ListKeys]> {
  let index = 0
  for (const { text, length } of parts) {
    const step = LISTS_AT_ONCE * length
    for (let at = 0; at < text.length; at += step)
      yield [index++, { text: text.slice(at, at + step), length }]
  }
}

/** The keys of these lists, as many together as follow each other and are of one length. */
function keysOf({ before, after }: KeyFrame, names: readonly string[]): ListKeys[] {
  const parts: ListKeys[] = []
  for (const name of names) {
    const key = `${before}${name}${after}`
    const last = parts.at(-1)
    if (last?.length === key.length) last.text += key
    else parts.push({ text: key, length: key.length })
  }
  return parts
}

export function createPushes(
  redis: CacheRedis,
  { keyFrame, newestKey, most, beyond }: PushesOptions,
): Pushes {
  const slack = Math.floor(most / 10)
  const pushSome = ({ text, length }: ListKeys, entry: string, by: string) =>
    redis.run(push, [newestKey], entry, by, beyond(Date.now() + UNSURE_MS), most, slack, length, text)
  // What is sent in one turn of the event loop travels together, there and back: Redis would wait until all of it is
  // encoded, and this process until all of it is done.
  let turn: Promise<unknown> = Promise.resolve()
  const turnOfItsOwn = () => {
    turn = turn.then(() => nextTurn())
    return turn
  }
  const pushAll = async (parts: readonly ListKeys[], entry: string, by: string) => {
    const batches = inBatches(parts)
    const lane = async () => {
      for (const [index, batch] of batches) {
        if (index > 0) await turnOfItsOwn()
        await pushSome(batch, entry, by)
      }
    }
    await Promise.all(Array.from({ length: UNDER_WAY }, lane))
  }
  return {
    push: (names, entry) => pushAll(keysOf(keyFrame, names), entry, ANYBODY),
    pushApart: (names, entry) => pushAll(keysOf(keyFrame, names), entry, APART),
    spread(entry) {
      const by = randomUUID()
      return (parts) => pushAll(parts, entry, by)
    },
  }
}
