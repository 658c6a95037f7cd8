import type { Db } from "@tintype/db"

export const CONTENDERS = ["tintype", "tintype, no history", "bullmq", "pg-boss", "graphile-worker"] as const
export type ContenderName = (typeof CONTENDERS)[number]

/** Jobs of one class at once, for everybody. */
export const CONCURRENCY = 16

export interface Addresses {
  /** Through the pooler. */
  databaseUrl: string
  /** Straight to Postgres: who listens for notifications needs it. */
  directUrl: string
  redisUrl: string
}

/** A way to have work done after an operation. */
export interface Contender {
  /** One operation: a transaction that writes a row, and the job that goes with it. @returns when it was committed */
  operate(db: Db): Promise<number>
  close(): Promise<void>
}

/** What a job does: it says that it begins, and writes one row in a transaction. */
export interface Work {
  db: Db
  begun(): void
}

export interface WorkerSide {
  close(): Promise<void>
}
