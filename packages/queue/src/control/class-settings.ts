import { type AccountId, type Db, inTransaction, type JobClassState, jobClasses } from "@tintype/db"
import { eq, sql } from "drizzle-orm"
import { type AuditAction, noteAudit } from "../audit.ts"
import { JOB_CLASSES, type JobClass } from "../job-class.ts"

/** What an operator told a class. It stands in Postgres, so that it outlives every process and every Redis. */
export interface ClassSettings {
  state: JobClassState
  /** Jobs at once in each process; null for what each process is set to. */
  concurrency: number | null
}

export type ClassChange = Partial<ClassSettings>

const AS_SET: ClassSettings = { state: "running", concurrency: null }
const MOST_AT_ONCE = 1_000

/** Of every class, also of those that nobody told anything. */
export async function readClassSettings(db: Db): Promise<ReadonlyMap<JobClass, ClassSettings>> {
  const rows = await db.select().from(jobClasses)
  const told = new Map(rows.map((row) => [row.class, row]))
  return new Map(
    JOB_CLASSES.map((each) => {
      const { state, concurrency } = told.get(each) ?? AS_SET
      return [each, { state, concurrency }]
    }),
  )
}

const ACTIONS: Record<JobClassState, AuditAction> = {
  running: "class.resume",
  paused: "class.pause",
  draining: "class.drain",
}

function actsOf(before: ClassSettings, after: ClassSettings): AuditAction[] {
  return [
    ...(after.state === before.state ? [] : [ACTIONS[after.state]]),
    ...(after.concurrency === before.concurrency ? [] : (["class.concurrency"] as const)),
  ]
}

/**
 * Changes what is told to a class. Every worker heeds it within two seconds, those that start later from their
 * beginning.
 *
 * @returns what holds from now on
 * @throws RangeError for a concurrency beyond 1 to 1000
 */
export async function changeClass(
  db: Db,
  actorId: AccountId,
  jobClass: JobClass,
  change: ClassChange,
): Promise<ClassSettings> {
  const { concurrency: wanted } = change
  if (wanted != null && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_AT_ONCE)) {
    throw new RangeError(`jobs at once must be from 1 to ${MOST_AT_ONCE}`)
  }
  return inTransaction(db, async (tx) => {
    await tx.insert(jobClasses).values({ class: jobClass }).onConflictDoNothing()
    const [before = AS_SET] = await tx
      .select({ state: jobClasses.state, concurrency: jobClasses.concurrency })
      .from(jobClasses)
      .where(eq(jobClasses.class, jobClass))
      .for("update")
    const after = { ...before, ...change }
    await tx
      .update(jobClasses)
      .set({ ...after, changedAt: sql`now()` })
      .where(eq(jobClasses.class, jobClass))
    for (const action of actsOf(before, after)) {
      await noteAudit(tx, actorId, action, [{ subject: jobClass, detail: { before, after } }])
    }
    return after
  })
}
