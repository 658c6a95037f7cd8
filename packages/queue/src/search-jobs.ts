import { type AccountId, type Db, outbox } from "@tintype/db"
import { and, asc, eq, gt, gte, isNull, lt, lte, type SQL, sql } from "drizzle-orm"
import { JOB_CLASSES, type JobClass } from "./job-class.ts"
import type { JobKey } from "./ledger.ts"
import { limitOf, type Page, type PageRequest, pageOf, placeOf } from "./pages.ts"

/** What a job that is not done is doing: `delayed` has to wait for its time or its next run. */
export type JobState = "waiting" | "running" | "delayed"

/** Which jobs: all conditions that are given hold. */
export interface JobFilter {
  name?: string
  class?: JobClass
  state?: JobState
  ownerId?: AccountId
  /** Written at or after, and before. */
  from?: Date
  to?: Date
}

/** A job that is neither done nor given up. */
export interface UnfinishedJob {
  ownerId: AccountId
  id: string
  name: string
  class: string
  state: JobState
  payload: unknown
  attempts: number
  failures: number
  lastError: string | null
  createdAt: Date
  dueAt: Date
  startedAt: Date | null
  worker: string | null
  traceId: string | null
}

const isDue = lte(outbox.dueAt, sql`now()`)

const STATES: Record<JobState, SQL | undefined> = {
  running: gt(outbox.unreported, 0),
  waiting: and(eq(outbox.unreported, 0), isDue),
  delayed: and(eq(outbox.unreported, 0), gt(outbox.dueAt, sql`now()`)),
}

const COLUMNS = {
  ownerId: outbox.ownerId,
  id: outbox.id,
  name: outbox.name,
  class: outbox.class,
  state: sql<JobState>`case when ${STATES.running} then 'running' when ${isDue} then 'waiting' else 'delayed' end`,
  payload: outbox.payload,
  attempts: outbox.attempts,
  failures: outbox.failures,
  lastError: outbox.lastError,
  createdAt: outbox.createdAt,
  dueAt: outbox.dueAt,
  startedAt: outbox.startedAt,
  worker: outbox.worker,
  traceId: outbox.traceId,
}

/** One job; undefined when it is done or given up. */
export async function readJob(db: Db, { ownerId, id }: JobKey): Promise<UnfinishedJob | undefined> {
  const isOne = and(eq(outbox.ownerId, ownerId), eq(outbox.id, id), isNull(outbox.deadAt))
  const [job] = await db.select(COLUMNS).from(outbox).where(isOne)
  return job
}

/** The jobs that are neither done nor given up, the one that should run first first. */
export async function searchJobs(
  db: Db,
  filter: JobFilter,
  request: PageRequest = {},
): Promise<Page<UnfinishedJob>> {
  const limit = limitOf(request)
  const place = placeOf(request)
  const classes = filter.class ? [filter.class] : JOB_CLASSES
  const conditions = [
    isNull(outbox.deadAt),
    filter.name === undefined ? undefined : eq(outbox.name, filter.name),
    filter.state && STATES[filter.state],
    filter.ownerId && eq(outbox.ownerId, filter.ownerId),
    filter.from && gte(outbox.createdAt, filter.from),
    filter.to && lt(outbox.createdAt, filter.to),
    place && sql`(due_at, id) > (${place.at.toISOString()}::timestamptz, ${place.id}::uuid)`,
  ]
  const order = [asc(outbox.dueAt), asc(outbox.id)]
  // Each class by its index, and no more of it than fit on the page.
  const pages = await Promise.all(
    classes.map((jobClass) =>
      db
        .select(COLUMNS)
        .from(outbox)
        .where(and(eq(outbox.class, jobClass), ...conditions))
        .orderBy(...order)
        .limit(limit + 1),
    ),
  )
  const rows = pages
    .flat()
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || (a.id < b.id ? -1 : 1))
    .slice(0, limit + 1)
  return pageOf(rows, limit, ({ dueAt, id }) => ({ at: dueAt, id }))
}
