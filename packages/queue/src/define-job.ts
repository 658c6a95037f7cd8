import type { Static, TSchema } from "typebox"
import { Compile } from "typebox/compile"

/** A class of work has a queue of its own, so that none delays another, and may have processes of its own. */
export type JobClass = "media" | "feed" | "upkeep"

export interface JobOptions<Name extends string, Schema extends TSchema> {
  /** `<feature>.<verb>`. It is stored with every job: a new name is a new job. */
  name: Name
  class: JobClass
  /** Ids only: never rows, never secrets. */
  payload: Schema
  /** Runs until the job is given up. */
  attempts: number
  /** Wait before the second run, and the longest wait before a later one. */
  backoffMs: readonly [min: number, max: number]
  /** How long one run may take: then its signal is aborted and it counts as failed. */
  deadlineSeconds: number
}

/** What those who enqueue a job and those who handle it agree on. */
export interface Job<Name extends string = string, Schema extends TSchema = TSchema>
  extends Readonly<JobOptions<Name, Schema>> {
  accepts(payload: unknown): payload is Static<Schema>
}

export type PayloadOf<J extends Job> = Static<J["payload"]>

/** Declares a job. Its check is compiled when it is first needed, not at import. */
export function defineJob<const Name extends string, Schema extends TSchema>(
  options: JobOptions<Name, Schema>,
): Job<Name, Schema> {
  let check: { Check(value: unknown): boolean } | undefined
  return {
    ...options,
    accepts(payload): payload is Static<Schema> {
      check ??= Compile(options.payload)
      return check.Check(payload)
    },
  }
}
