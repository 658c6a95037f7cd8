import type { Db } from "@tintype/db"
import type { Logger } from "@tintype/observe"
import { sql } from "drizzle-orm"
import { JOB_CLASSES, type JobClass } from "../job-class.ts"
import type { WorkerProcess } from "../presence.ts"

/** A job that waited less may wait for the next look of a worker that is there. */
const PATIENCE_SECONDS = 5

/** The classes that some process works on. */
export const attendedClasses = (workers: readonly WorkerProcess[]): ReadonlySet<string> =>
  new Set(workers.flatMap(({ classes }) => classes.map((each) => each.class)))

/** The classes of which a job waits, by the index: one row each. */
async function waitingClasses(db: Db): Promise<JobClass[]> {
  const classes = sql.join(
    JOB_CLASSES.map((each) => sql`(${each}::text)`),
    sql`, `,
  )
  const rows = await db.execute<{ class: JobClass }>(sql`
    select each.class from (values ${classes}) as each (class) where exists (
      select from outbox where class = each.class and dead_at is null
        and due_at < now() - ${PATIENCE_SECONDS}::int * interval '1 second')`)
  return rows.map((row) => row.class)
}

export interface AttendanceOptions {
  db: Db
  /** This process's name: of those that are there one speaks up. */
  worker: string
  listWorkers: () => Promise<WorkerProcess[]>
  log: Logger
}

/**
 * Warns of classes whose jobs wait though no process anywhere works on them. One look does not count: a Redis that was
 * just emptied knows of no worker for a second.
 */
export function createAttendance({ db, worker, listWorkers, log }: AttendanceOptions) {
  let suspected: ReadonlySet<JobClass> = new Set()
  let warned: ReadonlySet<JobClass> = new Set()
  return {
    async look(): Promise<void> {
      const workers = await listWorkers()
      const attended = attendedClasses(workers)
      const alone = (await waitingClasses(db)).filter((each) => !attended.has(each))
      const speaks = workers.every(({ name }) => name >= worker)
      for (const jobClass of alone) {
        if (!speaks || !suspected.has(jobClass) || warned.has(jobClass)) continue
        log.warn({ jobClass }, "jobs of this class wait, and no process works on it: see WORKER_CLASSES")
      }
      warned = new Set(alone.filter((each) => suspected.has(each)))
      suspected = new Set(alone)
    },
  }
}
