import { type Db, jobClasses } from "@tintype/db"
import type { Logger } from "@tintype/observe"
import { eq, sql } from "drizzle-orm"
import { errorText } from "./errors.ts"
import { JOB_CLASSES, type JobClass } from "./job-class.ts"
import { settledWithin } from "./within.ts"

/** How much of a class may wait before new work is refused. */
export interface Bounds {
  /** Age of the oldest job that could have begun and has not, in seconds. */
  seconds: number
  /** Jobs that could have begun and have not. */
  jobs: number
}

export interface PressureOptions {
  db: Db
  /** Classes without bounds are refused only while an operator drains them. */
  bounds: Partial<Record<JobClass, Bounds>>
  log: Logger
}

export interface Pressure {
  /**
   * Whether a class takes new work: undefined if it does, else in how many seconds to ask again. It is measured once a
   * second at most, and only while somebody asks; when it cannot be measured, everything is taken.
   */
  retryAfter(jobClass: JobClass): Promise<number | undefined>
}

const FRESH_MS = 1_000
/** Nobody knows how long a class is drained. */
const DRAINING_SECONDS = 30
/** How long one who asks waits for the first measure. */
const PATIENCE_MS = 300

interface Measured extends Record<string, unknown> {
  class: JobClass
  waited: number | null
  waiting: number
}

const measure = (db: Db, bounds: [JobClass, Bounds][]) =>
  db.execute<Measured>(sql`
    select bound.class, oldest.waited, depth.waiting
    from (values ${sql.join(
      bounds.map(([jobClass, { jobs }]) => sql`(${jobClass}::text, ${jobs}::int)`),
      sql`, `,
    )}) as bound (class, jobs)
    left join lateral (
      select extract(epoch from now() - due_at)::float8 as waited from outbox
      where class = bound.class and dead_at is null and due_at <= now() and unreported = 0
      order by due_at limit 1) as oldest on true
    left join lateral (
      select count(*)::int as waiting from (
        select from outbox where class = bound.class and dead_at is null and due_at <= now() limit bound.jobs
      ) as counted) as depth on true`)

async function drained(db: Db): Promise<JobClass[]> {
  const rows = await db.select().from(jobClasses).where(eq(jobClasses.state, "draining"))
  return JOB_CLASSES.filter((each) => rows.some((row) => row.class === each))
}

/** Tells which classes have as much work as they may. What waits is counted in Postgres: also while Redis is away. */
export function createPressure({ db, bounds, log }: PressureOptions): Pressure {
  const bounded = Object.entries(bounds) as [JobClass, Bounds][]
  let full = new Map<JobClass, number>()
  let measuredAt = Number.NEGATIVE_INFINITY
  let measuring: Promise<void> = Promise.resolve()
  let busy = false

  async function look(): Promise<void> {
    try {
      const [rows, draining] = await Promise.all([
        bounded.length > 0 ? measure(db, bounded) : [],
        drained(db),
      ])
      const crowded = new Map(
        rows.flatMap(({ class: jobClass, waited, waiting }) => {
          const { seconds, jobs } = bounds[jobClass] ?? { seconds: Infinity, jobs: Infinity }
          const over = Math.max((waited ?? 0) - seconds, waiting >= jobs ? 1 : 0)
          return over > 0 ? [[jobClass, Math.ceil(Math.min(60, 5 + over))] as const] : []
        }),
      )
      full = new Map([...crowded, ...draining.map((each) => [each, DRAINING_SECONDS] as const)])
    } catch (error) {
      log.debug({ error: errorText(error) }, "the work that waits could not be measured")
      full = new Map()
    }
    measuredAt = performance.now()
    busy = false
  }
  return {
    async retryAfter(jobClass) {
      const age = performance.now() - measuredAt
      if (age > FRESH_MS && !busy) {
        busy = true
        measuring = look()
      }
      if (age > 5 * FRESH_MS) await settledWithin(PATIENCE_MS, measuring)
      return full.get(jobClass)
    },
  }
}
