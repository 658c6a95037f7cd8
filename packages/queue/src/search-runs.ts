import { type AccountId, type Db, jobRuns, type RunState } from "@tintype/db"
import { and, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm"
import type { JobClass } from "./job-class.ts"
import { limitOf, type Page, type PageRequest, pageOf, placeOf } from "./pages.ts"

/** Which runs: all conditions that are given hold. */
export interface RunFilter {
  name?: string
  class?: JobClass
  state?: RunState
  ownerId?: AccountId
  jobId?: string
  traceId?: string
  /** Ended at or after, and before. */
  from?: Date
  to?: Date
}

/** A run that has ended. */
export type JobRun = typeof jobRuns.$inferSelect

/** The runs that ended, the newest first. */
export async function searchRuns(
  db: Db,
  filter: RunFilter,
  request: PageRequest = {},
): Promise<Page<JobRun>> {
  const limit = limitOf(request)
  const place = placeOf(request)
  const conditions: (SQL | undefined)[] = [
    filter.name === undefined ? undefined : eq(jobRuns.name, filter.name),
    filter.class && eq(jobRuns.class, filter.class),
    filter.state && eq(jobRuns.state, filter.state),
    filter.state && filter.state !== "done" ? sql`state <> 'done'` : undefined,
    filter.ownerId && eq(jobRuns.ownerId, filter.ownerId),
    filter.jobId === undefined ? undefined : eq(jobRuns.jobId, filter.jobId),
    filter.traceId === undefined ? undefined : eq(jobRuns.traceId, filter.traceId),
    filter.from && gte(jobRuns.finishedAt, filter.from),
    filter.to && lt(jobRuns.finishedAt, filter.to),
    place && sql`(finished_at, id) < (${place.at.toISOString()}::timestamptz, ${place.id}::uuid)`,
  ]
  const rows = await db
    .select()
    .from(jobRuns)
    .where(and(...conditions))
    .orderBy(desc(jobRuns.finishedAt), desc(jobRuns.id))
    .limit(limit + 1)
  return pageOf(rows, limit, ({ finishedAt, id }) => ({ at: finishedAt, id }))
}
