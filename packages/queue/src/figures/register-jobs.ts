import type { Db } from "@tintype/db"
import type { Metrics } from "@tintype/observe"
import { type Backlog, readBacklog } from "./backlog.ts"
import type { ClassDepth } from "./class-depths.ts"
import type { RunFigures } from "./run-figures.ts"

/** One scrape reads several figures of one measure. */
const FRESH_MS = 1_000

/** What waits for workers, by Postgres. Every process that tells it tells the same: take the maximum. */
export function registerBacklog(metrics: Metrics, db: Db): void {
  let measured: Promise<Backlog> | undefined
  let measuredAt = Number.NEGATIVE_INFINITY
  const backlog = () => {
    if (measured && performance.now() - measuredAt < FRESH_MS) return measured
    measuredAt = performance.now()
    measured = readBacklog(db)
    return measured
  }
  const byClass = (of: (each: ClassDepth) => number) => async () => {
    const { classes } = await backlog()
    return classes.map((each) => [{ class: each.class }, of(each)] as const)
  }
  metrics.gauge(
    "tintype_jobs_oldest_waiting_age_seconds",
    "For how long the oldest job that waits could have begun.",
    byClass(({ oldestSeconds }) => oldestSeconds ?? 0),
  )
  metrics.gauge(
    "tintype_jobs_waiting",
    "Jobs that could begin; 10,000 for that many or more.",
    byClass(({ waiting }) => waiting),
  )
  metrics.gauge(
    "tintype_jobs_dead",
    "Dead letters; of the newest 10,000.",
    byClass(({ dead }) => dead),
  )
  metrics.gauge("tintype_outbox_unsent", "Jobs that were not sent to the queue in time.", async () => {
    return (await backlog()).unsent
  })
  metrics.gauge("tintype_outbox_unsent_age_seconds", "How late the oldest of these is.", async () => {
    return (await backlog()).unsentSeconds
  })
  metrics.gauge("tintype_schedules_late", "Schedules whose time is past.", async () => {
    return (await backlog()).lateSchedules
  })
  metrics.gauge("tintype_schedules_late_seconds", "How late the latest of these is.", async () => {
    return (await backlog()).lateSeconds
  })
}

/** What this process' workers do. */
export function registerRuns(metrics: Metrics, { classes, jobs }: RunFigures): void {
  // Prometheus itself says `job` of each process: a label of ours would be put aside.
  metrics.counter("tintype_jobs_runs_total", "Runs that ended, by the name of their job and how.", () =>
    [...jobs].flatMap(([name, states]) => [...states].map(([state, n]) => [{ name, state }, n] as const)),
  )
  metrics.gauge("tintype_jobs_running", "Runs under way in this process.", () =>
    [...classes].map(([jobClass, { running }]) => [{ class: jobClass }, running] as const),
  )
  metrics.timings("tintype_jobs_wait_seconds", "From when a job could begin until it did.", () =>
    [...classes].map(([jobClass, { waits }]) => [{ class: jobClass }, waits] as const),
  )
  metrics.timings("tintype_jobs_run_seconds", "How long runs took.", () =>
    [...classes].map(([jobClass, { runs }]) => [{ class: jobClass }, runs] as const),
  )
}
