import { type AccountId, type Db, inTransaction, outbox } from "@tintype/db"
import { and, eq, isNull, sql } from "drizzle-orm"
import { noteAudit } from "../audit.ts"
import type { Job } from "../define-job.ts"
import type { Catalogue, Death, DeathHooks } from "../handlers.ts"
import type { JobKey } from "../ledger.ts"

export interface CancelOptions<C extends Catalogue> {
  db: Db
  jobs: C
  /** What becomes true when a job is given up: the workers' own. */
  onDead: DeathHooks<C>
}

type Hook = (tx: Db, payload: unknown, death: Death) => Promise<void>

const ERROR = "cancelled by hand"

/**
 * Ends a job wherever it is: it becomes a dead letter, so that it may be looked at and sent again. One that waits never
 * begins. One that runs can have no effect from this moment on; its process notices within two seconds, aborts its
 * signal, and what works in a child process is killed.
 *
 * @returns false when it is over already
 */
export async function cancelJob<C extends Catalogue>(
  { db, jobs, onDead }: CancelOptions<C>,
  actorId: AccountId,
  key: JobKey,
): Promise<boolean> {
  // The option's type ties each name to its payload, which a look-up by name cannot. It is checked below.
  const hooks = onDead as Readonly<Record<string, Hook | undefined>>
  return inTransaction(db, async (tx) => {
    const [row] = await tx
      .update(outbox)
      .set({ deadAt: sql`now()`, deadReason: "cancelled", lastError: ERROR })
      .where(and(eq(outbox.ownerId, key.ownerId), eq(outbox.id, key.id), isNull(outbox.deadAt)))
      .returning({ name: outbox.name, payload: outbox.payload, unreported: outbox.unreported })
    if (!row) return false
    const job: Job | undefined = jobs.find(({ name }) => name === row.name)
    if (job?.accepts(row.payload)) {
      await hooks[row.name]?.(tx, row.payload, { ownerId: key.ownerId, jobId: key.id, error: ERROR })
    }
    const detail = { name: row.name, running: row.unreported > 0 }
    await noteAudit(tx, actorId, "job.cancel", [{ subject: key.id, detail }])
    return true
  })
}
