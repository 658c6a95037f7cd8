import { sql } from "drizzle-orm"
import { boolean, index, integer, pgTable, text } from "drizzle-orm/pg-core"
import type { AccountId, AppId } from "../ids.ts"
import { createdAt, id, moment } from "./columns.ts"

/** How a member proves who they are. */
export const credentials = pgTable("credentials", {
  accountId: id<AccountId>("account_id").primaryKey(),
  email: text("email").notNull(),
  passwordHash: text("password_hash").notNull(),
  createdAt: createdAt(),
})

/** Who has which e-mail address: a lookup table. */
export const emails = pgTable("emails", {
  email: text("email").primaryKey(),
  accountId: id<AccountId>("account_id").notNull(),
})

/** OAuth clients. Secrets, codes and tokens are kept as SHA-256 only. */
export const apps = pgTable("apps", {
  id: id<AppId>("id").primaryKey(),
  clientId: text("client_id").notNull().unique(),
  clientSecretHash: text("client_secret_hash").notNull(),
  name: text("name").notNull(),
  website: text("website"),
  redirectUris: text("redirect_uris").array().notNull(),
  scopes: text("scopes").array().notNull(),
  createdAt: createdAt(),
})

export const authorizationCodes = pgTable(
  "authorization_codes",
  {
    codeHash: text("code_hash").primaryKey(),
    appId: id<AppId>("app_id").notNull(),
    accountId: id<AccountId>("account_id").notNull(),
    redirectUri: text("redirect_uri").notNull(),
    scopes: text("scopes").array().notNull(),
    codeChallenge: text("code_challenge"),
    expiresAt: moment("expires_at").notNull(),
    /** The token it was exchanged for: a second exchange is an attack and revokes it (RFC 6749, section 4.1.2). */
    tokenHash: text("token_hash"),
    createdAt: createdAt(),
  },
  (table) => [index("authorization_codes_account").on(table.accountId)],
)

export const accessTokens = pgTable(
  "access_tokens",
  {
    tokenHash: text("token_hash").primaryKey(),
    appId: id<AppId>("app_id").notNull(),
    /** Absent in a token of the app itself (client credentials). */
    accountId: id<AccountId>("account_id"),
    scopes: text("scopes").array().notNull(),
    revoked: boolean("revoked").notNull().default(false),
    expiresAt: moment("expires_at"),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
  },
  (table) => [index("access_tokens_account").on(table.accountId).where(sql`account_id is not null`)],
)
