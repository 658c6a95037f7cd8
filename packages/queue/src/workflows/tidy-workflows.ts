import { type Db, inTransaction, workflowRuns } from "@tintype/db"
import { sql } from "drizzle-orm"
import { findStranded } from "./change-run.ts"
import { failPiece, failUndo } from "./end-step.ts"

/**
 * Forgets runs that ended more than `days` days ago, and the oldest ones beyond `most`, with the dead letters of their
 * steps; 500 at most. @returns how many
 */
export async function forgetWorkflowRuns(db: Db, days: number, most: number): Promise<number> {
  const gone = await db.execute(sql`
    with old as (
      select owner_id, id from ${workflowRuns}
      where ended_at is not null and (
        ended_at < now() - ${days}::int * interval '1 day'
        or ended_at <= (select ended_at from ${workflowRuns} where ended_at is not null
          order by ended_at desc offset ${most} limit 1))
      order by ended_at limit 500),
    pieces as (
      select owner_id, run_id, job_id from workflow_steps where state in ('failed', 'stuck')
      union all select owner_id, run_id, job_id from workflow_items where state in ('failed', 'stuck')),
    letters as (
      delete from outbox using old, pieces
      where pieces.owner_id = old.owner_id and pieces.run_id = old.id and dead_at is not null
        and outbox.owner_id = pieces.owner_id and outbox.id = pieces.job_id),
    items as (delete from workflow_items using old where workflow_items.owner_id = old.owner_id and run_id = old.id),
    steps as (delete from workflow_steps using old where workflow_steps.owner_id = old.owner_id and run_id = old.id)
    delete from ${workflowRuns} as run using old where run.owner_id = old.owner_id and run.id = old.id
    returning 1 as one`)
  return gone.length
}

/** Ends runs that would wait for ever, as somebody took a step's job away. What follows, the sweeper sends. */
export async function mendWorkflowRuns(db: Db): Promise<number> {
  const stranded = await findStranded(db)
  for (const { ownerId, runId, step, item, jobId, undoing } of stranded) {
    const piece = { run: { ownerId, id: runId }, step, item: item ?? undefined, jobId }
    await inTransaction(db, (tx) => (undoing ? failUndo : failPiece)(tx, piece, "its job was taken away"))
  }
  return stranded.length
}
