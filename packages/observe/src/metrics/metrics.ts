import type { Family, Labels, Sample } from "./exposition.ts"
import type { Timings } from "./timings.ts"

/** A number, or one for each set of labels. */
export type Reading = number | readonly (readonly [labels: Labels, value: number])[]

/** Reads a figure where it is kept. It may fail or hang: that figure is missing then, and no other. */
export type Read = () => Reading | Promise<Reading>

/**
 * What a process tells a Prometheus of itself. Figures are plain numbers where the work is done and are read when
 * somebody asks, so that they cost the work next to nothing. Labels come from small fixed sets, such as routes, classes
 * and replicas; never URLs or members.
 */
export interface Metrics {
  /** What only rises; its name ends in `_total`. */
  counter(name: string, help: string, read: Read): void
  gauge(name: string, help: string, read: Read): void
  /** How long something took; the name ends in `_seconds`. */
  timings(name: string, help: string, read: () => Iterable<readonly [labels: Labels, of: Timings]>): void
  /** Whole families that somebody else keeps. */
  add(read: () => Promise<readonly Family[]>): void
  /** All of it, as it is now. Never fails. */
  families(): Promise<Family[]>
}

/** What a figure that is kept elsewhere, such as in Postgres, may take. */
const READ_MS = 2_000

async function inTime<T>(read: () => T | Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), READ_MS)
  try {
    return await Promise.race([read(), late.promise])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Prometheus' buckets hold what the smaller ones hold, too. */
function samplesOf(name: string, labels: Labels, { bounds, counts, sum }: Timings): Sample[] {
  let count = 0
  const buckets = [...bounds, "+Inf"].map((le, at): Sample => {
    count += counts[at] ?? 0
    return { name: `${name}_bucket`, labels: { ...labels, le: String(le) }, value: count }
  })
  return [
    ...buckets,
    { name: `${name}_sum`, labels, value: sum },
    { name: `${name}_count`, labels, value: count },
  ]
}

/** @param labels stand at every figure */
export function createMetrics(labels: Labels = {}): Metrics {
  const reads: (() => Promise<readonly Family[]>)[] = []
  const numbers = (type: "counter" | "gauge") => (name: string, help: string, read: Read) => {
    reads.push(async () => {
      const reading = await read()
      const pairs = typeof reading === "number" ? [[{}, reading] as const] : reading
      return [{ name, help, type, samples: pairs.map(([of, value]) => ({ name, labels: of, value })) }]
    })
  }
  return {
    counter: numbers("counter"),
    gauge: numbers("gauge"),
    timings(name, help, read) {
      reads.push(async () => {
        const samples = [...read()].flatMap(([of, timings]) => samplesOf(name, of, timings))
        return [{ name, help, type: "histogram", samples }]
      })
    },
    add: (read) => void reads.push(read),
    async families() {
      const found = await Promise.all(reads.map((read) => inTime(read)))
      return found.flatMap((families = []) =>
        families.map((each) => ({
          ...each,
          samples: each.samples.map((sample) => ({ ...sample, labels: { ...labels, ...sample.labels } })),
        })),
      )
    },
  }
}
