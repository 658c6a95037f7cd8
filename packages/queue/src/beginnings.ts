import { type Db, sqlState } from "@tintype/db"
import { beginMany, beginSoon, beginUnlessSuspect, type Entry, type JobKey } from "./ledger.ts"

const MOST_AT_ONCE = 100
/** A statement that is not answered by then holds up no others. */
const PATIENCE_MS = 100
/** From one statement to the next: many starts share what each of them would cost. */
const GAP_MS = 3

/** What the statement failed with that many share: then each tries alone, as one of them may be to blame. */
const isOfOne = (error: unknown) => !/^(08|53|57P)/.test(sqlState(error) ?? "08")

/**
 * Counts a run before it begins.
 *
 * @param isSure whether the count has to be on disk by then, rather than soon
 */
export type Begin = (key: JobKey, isSure: boolean) => Promise<Entry | undefined>

interface Call {
  key: JobKey
  isSure: boolean
  resolve: (entry: Entry | undefined) => void
  reject: (error: unknown) => void
}

/**
 * Counts the runs of jobs that have no key as `beginUnlessSuspect` does: one at once, those that come while it is done for
 * others, or within three milliseconds of that, in one statement. So the first of a row of jobs waits for nobody, and many
 * cost little more than one.
 */
export function createBeginnings(db: Db, worker: string): Begin {
  const waiting: Call[] = []
  let underWay: Promise<void> | undefined
  let lastAt = Number.NEGATIVE_INFINITY
  let gap: NodeJS.Timeout | undefined

  async function alone({ key, isSure, resolve, reject }: Call): Promise<void> {
    await (isSure ? beginUnlessSuspect : beginSoon)(db, key, worker).then(resolve, reject)
  }

  async function make(calls: readonly Call[]): Promise<void> {
    const [only] = calls
    if (only && calls.length === 1) return alone(only)
    // A job that was delivered twice begins once.
    const keys = new Map(calls.map(({ key }) => [key.id, key]))
    const isSure = calls.some((call) => call.isSure)
    try {
      const begun = await beginMany(db, [...keys.values()], worker, isSure)
      for (const { key, resolve } of calls) resolve(keys.delete(key.id) ? begun.get(key.id) : undefined)
    } catch (error) {
      if (isOfOne(error)) await Promise.all(calls.map(alone))
      else for (const { reject } of calls) reject(error)
    }
  }

  function next(): void {
    if (underWay || gap || waiting.length === 0) return
    const leftMs = lastAt + GAP_MS - performance.now()
    if (leftMs > 0) {
      gap = setTimeout(() => {
        gap = undefined
        begin()
      }, leftMs)
    } else begin()
  }

  function begin(): void {
    lastAt = performance.now()
    const mine = make(waiting.splice(0, MOST_AT_ONCE))
    underWay = mine
    const goOn = () => {
      clearTimeout(timer)
      if (underWay !== mine) return
      underWay = undefined
      next()
    }
    const timer = setTimeout(goOn, PATIENCE_MS)
    mine.then(goOn, goOn)
  }

  return (key, isSure) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, isSure, resolve, reject })
      next()
    })
}
