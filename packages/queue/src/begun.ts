import type { Db } from "@tintype/db"
import type { Logger } from "@tintype/observe"
import type { Job } from "./define-job.ts"
import type { RunFigures } from "./figures/run-figures.ts"
import type { Death, Run } from "./handlers.ts"
import type { History } from "./history.ts"
import type { Entry, JobKey } from "./ledger.ts"
import type { RunWatch } from "./run-watch.ts"

/** How a run ended. */
export type Outcome =
  | { kind: "done" }
  /** It began later than its job allows, and nobody minds. */
  | { kind: "dropped" }
  /** Nothing was left to do. */
  | { kind: "void" }
  /** With an error: it failed. */
  | { kind: "later"; delayMs: number; error?: string }
  | { kind: "released" }
  /** Its job was taken away while it ran. */
  | { kind: "cancelled"; error: string }
  | { kind: "dead"; error: string }

export interface JobRunner {
  job: Job
  handler: (payload: unknown, run: Run) => Promise<void>
  onDead: ((tx: Db, payload: unknown, death: Death) => Promise<void>) | undefined
}

export interface RunOptions {
  db: Db
  log: Logger
  /** Names this process. */
  worker: string
  history: History
  figures: RunFigures
  watch: RunWatch
  /** Aborted when runs must end because the process does. */
  closing: AbortSignal
}

/** A run that is counted. */
export interface Begun {
  runner: JobRunner
  key: JobKey
  entry: Entry
}
