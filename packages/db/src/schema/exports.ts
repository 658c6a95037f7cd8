import { sql } from "drizzle-orm"
import { bigint, index, integer, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core"
import type { AccountId, ExportId } from "../ids.ts"
import { createdAt, id, moment } from "./columns.ts"

/** Archives of everything that a member has put here. How far one is stands in the run of its workflow. */
export const accountExports = pgTable(
  "account_exports",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    id: id<ExportId>("id").notNull(),
    runId: uuid("run_id").notNull(),
    /** The attempt whose file is the valid one. */
    attempt: integer("attempt"),
    bytes: bigint("bytes", { mode: "number" }),
    posts: integer("posts"),
    photos: integer("photos"),
    createdAt: createdAt(),
    readyAt: moment("ready_at"),
    expiresAt: moment("expires_at"),
    /** Since when its files are gone. */
    removedAt: moment("removed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.id] }),
    index("account_exports_kept").on(table.createdAt).where(sql`removed_at is null`),
  ],
)
