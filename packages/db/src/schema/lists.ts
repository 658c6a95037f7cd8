import { boolean, index, pgTable, primaryKey, text } from "drizzle-orm/pg-core"
import type { AccountId, ListId } from "../ids.ts"
import { createdAt, id } from "./columns.ts"

/** Some of the accounts that somebody follows, under a title. */
export const lists = pgTable(
  "lists",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    id: id<ListId>("id").notNull(),
    title: text("title").notNull(),
    repliesPolicy: text("replies_policy", { enum: ["followed", "list", "none"] })
      .notNull()
      .default("list"),
    /** Its members' posts are not on the owner's home timeline. */
    exclusive: boolean("exclusive").notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.id] })],
)

/** Who is on a list: accounts that its owner follows, and perhaps the owner. */
export const listMembers = pgTable(
  "list_members",
  {
    ownerId: id<AccountId>("owner_id").notNull(),
    listId: id<ListId>("list_id").notNull(),
    accountId: id<AccountId>("account_id").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.listId, table.accountId] }),
    index("list_members_account").on(table.ownerId, table.accountId),
  ],
)
