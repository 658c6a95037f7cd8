import { bigint, pgTable, primaryKey, text } from "drizzle-orm/pg-core"

/** Keys of cached values whose rows were changed when the cache could not be told: it is not believed about them. */
export const cacheDebts = pgTable(
  "cache_debts",
  {
    id: bigint("id", { mode: "bigint" }).notNull().generatedAlwaysAsIdentity(),
    key: text("key").notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.id] })],
)
