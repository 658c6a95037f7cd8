import type { JobLife } from "@tintype/contract"
import { cancelJob as cancel, type JobKey, openDeadLetters, readJob, searchRuns } from "@tintype/queue"
import type { Context } from "../context.ts"
import { deathHooks } from "../death-hooks.ts"
import { NotFound } from "../errors.ts"
import { jobs } from "../jobs.ts"
import { listJobAudit } from "./audit.ts"
import { presentDeadLetter } from "./dead-letters.ts"
import type { Operator } from "./operator.ts"
import { presentJob, presentRun } from "./search.ts"

const MOST_RUNS = 200

/** What a job is, its runs and what was done to it. @throws NotFound when nothing is known of it */
export async function getJob(ctx: Context, operator: Operator, key: JobKey): Promise<JobLife> {
  const { db, queue } = ctx
  const [unfinished, dead, runs, audit] = await Promise.all([
    readJob(db, key),
    openDeadLetters({ db, jobs, queue }).read(key),
    searchRuns(db, { jobId: key.id, ownerId: key.ownerId }, { limit: MOST_RUNS }),
    listJobAudit(ctx, operator, { subject: key.id, page: {} }),
  ])
  if (!unfinished && !dead && runs.items.length === 0 && audit.items.length === 0) throw new NotFound()
  return {
    unfinished: unfinished ? presentJob(unfinished) : null,
    dead: dead ? presentDeadLetter(dead) : null,
    runs: runs.items.map(presentRun),
    audit: audit.items,
  }
}

/** Ends a job wherever it is. @throws NotFound when it is over already */
export async function cancelJob(ctx: Context, operator: Operator, key: JobKey): Promise<JobLife> {
  const cancelled = await cancel({ db: ctx.db, jobs, onDead: deathHooks }, operator.accountId, key)
  if (!cancelled) throw new NotFound()
  return getJob(ctx, operator, key)
}
