import type { AuditEntry as View } from "@tintype/contract"
import { accounts, type Db } from "@tintype/db"
import { type AuditEntry, listAudit, type PageRequest } from "@tintype/queue"
import { inArray } from "drizzle-orm"
import type { Context } from "../context.ts"
import type { Operator } from "./operator.ts"
import { type PageView, presentPage } from "./pages.ts"

/** Entries with the names of those who acted, by one more statement for all. */
async function namesOf(db: Db, entries: readonly AuditEntry[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(entries.map(({ actorId }) => actorId))]
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: accounts.id, username: accounts.username })
    .from(accounts)
    .where(inArray(accounts.id, ids))
  return new Map(rows.map(({ id, username }) => [id, username]))
}

/** What was done by hand, the newest first. */
export async function listJobAudit(
  { db }: Context,
  _operator: Operator,
  { subject, page }: { subject?: string; page: PageRequest },
): Promise<PageView<View>> {
  const found = await listAudit(db, page, subject)
  const names = await namesOf(db, found.items)
  return presentPage(found, ({ id, at, actorId, action, detail, subject: about }) => ({
    id,
    at: at.toISOString(),
    actor_id: actorId,
    actor: names.get(actorId) ?? null,
    action,
    subject: about,
    detail,
  }))
}
