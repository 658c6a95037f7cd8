import type { ExtractTablesWithRelations } from "drizzle-orm"
import type { PgDatabase } from "drizzle-orm/pg-core"
import { drizzle, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { askInOneTrip } from "./one-trip.ts"

type NoSchema = Record<string, never>

/** A database or a transaction: every query takes one first, and nobody keeps it. */
export type Db = PgDatabase<PostgresJsQueryResultHKT, NoSchema, ExtractTablesWithRelations<NoSchema>>

export interface Database {
  db: Db
  /** Waits at most five seconds for running queries. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  url: string
  poolSize: number
  /** Told of every statement sent, for counting round trips. */
  onStatement?: (statement: string) => void
}

/**
 * Opens a pool that is safe behind a pooler in transaction mode: nothing prepared, nothing of a session. It
 * connects with the first query.
 */
export function openDatabase({ url, poolSize, onStatement }: DatabaseOptions): Database {
  const client = postgres(url, {
    max: poolSize,
    prepare: false,
    fetch_types: false,
    connect_timeout: 3,
    idle_timeout: 60,
    max_lifetime: 30 * 60,
    onnotice: () => {},
    ...(onStatement && { debug: (_connection, statement) => onStatement(statement) }),
  })
  askInOneTrip(client)
  return { db: drizzle(client), close: () => client.end({ timeout: 5 }) }
}
