import { setTimeout as sleep } from "node:timers/promises"
import type { SQL } from "drizzle-orm"
import { PgTransaction } from "drizzle-orm/pg-core"
import type { Db } from "./open-db.ts"

/** Serialization failure and deadlock: the statement of the loser did nothing and may be tried again. */
const RETRIABLE = new Set(["40001", "40P01"])
const ATTEMPTS = 4

/** The SQLSTATE of a failed query, wherever the driver's error sits in the chain of causes. */
export function sqlState(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ("code" in each && typeof each.code === "string" && /^[0-9A-Z]{5}$/.test(each.code)) return each.code
  }
  return undefined
}

/** Runs `work` in a transaction, again when it lost against another one. */
export async function inTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(work)
    } catch (error) {
      if (attempt === ATTEMPTS || !RETRIABLE.has(sqlState(error) ?? "")) throw error
      await sleep(Math.random() * 20 * attempt)
    }
  }
}

/**
 * Sends a statement without waiting for its answer: the next one of the transaction, or its COMMIT, follows it at once
 * and saves a round trip. If it fails, so does the transaction. Outside of one its answer is waited for.
 *
 * @param onFailure told of a failure that is not thrown here, before anything that follows from it
 */
export async function sendAlong(
  tx: Db,
  statement: SQL,
  onFailure: (error: unknown) => void = () => undefined,
): Promise<void> {
  const answer = tx.execute(statement)
  if (!(tx instanceof PgTransaction)) await answer
  // The transaction tells.
  else answer.catch(onFailure)
}
