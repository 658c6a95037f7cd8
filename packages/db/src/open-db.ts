import type { ExtractTablesWithRelations } from "drizzle-orm"
import type { PgDatabase } from "drizzle-orm/pg-core"
import { drizzle, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js"
import postgres from "postgres"

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
 * Keeps a statement without parameters from being followed on its connection before it is answered. The driver would
 * pipeline the next query behind it; PgBouncer takes the server away at the first answer, and the second never comes
 * (porsager/postgres#970, pgbouncer#759). The driver's own BEGIN brings an `onexecute` that has to stay.
 */
function followNothing(client: postgres.Sql): void {
  const plain = client.unsafe
  Object.assign(client, {
    unsafe: (query: string, params: Parameters<typeof plain>[1] = [], options: object = {}) =>
      plain(query, params, params.length === 0 ? { onexecute: () => false, ...options } : options),
  })
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
  followNothing(client)
  return { db: drizzle(client), close: () => client.end({ timeout: 5 }) }
}
