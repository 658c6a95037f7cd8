import type { AccountId, Db } from "@tintype/db"
import type { Job, PayloadOf } from "./define-job.ts"

/** One run of a job. */
export interface Run {
  ownerId: AccountId
  jobId: string
  /** Number of this run, counted in Postgres before it began: later runs have higher ones. The fencing token. */
  attempt: number
  /** Aborted when the deadline has passed, or the process must end. */
  signal: AbortSignal
  /**
   * Ends the job in the transaction of its effect, so that the effect happens once though the job may run twice. When
   * the effect is there already, or a later run has begun, the transaction fails, at its COMMIT at the latest: what is
   * to happen outside of it has to wait for that.
   *
   * @throws AlreadyDone at once where there is no transaction
   */
  complete(tx: Db): Promise<void>
}

/** A handler that returns without having called `complete` has its job ended then. */
export type Handler<J extends Job> = (payload: PayloadOf<J>, run: Run) => Promise<void>

export type Catalogue = readonly Job[]

type JobNamed<C extends Catalogue, Name extends string> = Extract<C[number], { readonly name: Name }>

/** A handler for each job, and nothing else. */
export type Handlers<C extends Catalogue> = {
  readonly [Name in C[number]["name"]]: Handler<JobNamed<C, Name>>
}

export interface Death {
  ownerId: AccountId
  jobId: string
  error: string
}

/**
 * What is true once a job is given up, written in the transaction that gives it up; for a job that runs out of
 * attempts, or fails for good.
 */
export type DeathHooks<C extends Catalogue> = {
  readonly [Name in C[number]["name"]]?: (
    tx: Db,
    payload: PayloadOf<JobNamed<C, Name>>,
    death: Death,
  ) => Promise<void>
}

/** Makes every name of `Given` that `Wanted` does not have an error: spreading objects hides such names from the compiler. */
export type Exactly<Wanted, Given> = Wanted & Record<Exclude<keyof Given, keyof Wanted>, never>
