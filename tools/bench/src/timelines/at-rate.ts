import { setTimeout as sleep } from "node:timers/promises"

/** Calls of a kind that may be under way: beyond them the rate is not held, and what could not begin is counted. */
const MOST_UNDER_WAY = 200

/** Calls of one kind and what became of them. */
export interface Kind {
  asked: number
  ms: number[]
  /** How often, by what was said. */
  failed: Map<string, number>
  late: number
}

/** Begins `work` so often a second, whether or not what began before is done, until `end`. */
export async function atRate(perSecond: number, end: number, work: () => Promise<unknown>): Promise<Kind> {
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
