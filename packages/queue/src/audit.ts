import { type AccountId, type Db, jobAudit } from "@tintype/db"
import { and, desc, eq, sql } from "drizzle-orm"
import { limitOf, type Page, type PageRequest, pageOf, placeOf } from "./pages.ts"

export type AuditAction =
  | `dead-letter.${"edit" | "retry" | "discard"}`
  | `schedule.${"run" | "pause" | "resume"}`
  | `workflow.${"cancel" | "retry" | "signal"}`
  | `class.${"pause" | "resume" | "drain" | "concurrency"}`
  | "job.cancel"

export type AuditEntry = typeof jobAudit.$inferSelect

/** Notes what somebody does by hand, in the transaction that does it. */
export async function noteAudit(
  tx: Db,
  actorId: AccountId,
  action: AuditAction,
  subjects: readonly { subject: string; detail: unknown }[],
): Promise<void> {
  if (subjects.length === 0) return
  await tx
    .insert(jobAudit)
    .values(subjects.map(({ subject, detail }) => ({ actorId, action, subject, detail })))
}

/**
 * What was done by hand, the newest first.
 *
 * @param subject to one job, schedule or class alone
 */
export async function listAudit(
  db: Db,
  request: PageRequest = {},
  subject?: string,
): Promise<Page<AuditEntry>> {
  const limit = limitOf(request)
  const place = placeOf(request)
  const rows = await db
    .select()
    .from(jobAudit)
    .where(
      and(
        subject === undefined ? undefined : eq(jobAudit.subject, subject),
        place && sql`(at, id) < (${place.at.toISOString()}::timestamptz, ${place.id}::uuid)`,
      ),
    )
    .orderBy(desc(jobAudit.at), desc(jobAudit.id))
    .limit(limit + 1)
  return pageOf(rows, limit, ({ at, id }) => ({ at, id }))
}
