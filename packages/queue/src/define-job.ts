import type { Static, TSchema } from "typebox"
import { Compile } from "typebox/compile"
import type { JobClass } from "./job-class.ts"

/**
 * Of the jobs of one owner with the same key one runs at a time, over all processes. What becomes of a call while
 * another one waits:
 * - `serial`: it waits too;
 * - `fold`: it joins the one that waits, which begins after this call's transaction and so sees what it wrote;
 * - `throttle`: as `fold`, and the first call waits `ms` for others to join it;
 * - `debounce`: as `fold`, but every call puts the run off by `ms` again, up to `mostMs` after the first, and the last
 *   call's payload is the one that counts.
 */
export type Unique<Payload> = { key(payload: Payload): string } & (
  | { mode: "serial" | "fold" }
  | { mode: "throttle"; ms: number }
  | { mode: "debounce"; ms: number; mostMs: number }
)

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
  /** How late its first run may begin, and what becomes of it after that: a dead letter, or nothing. */
  ttl?: { seconds: number; ifLate: "die" | "drop" }
  unique?: Unique<Static<Schema>>
  /** From 0, which goes first and is what a job has unless it says otherwise, to 9; within its class. */
  priority?: number
  /** At most so many runs begin in so many milliseconds, over all processes, evenly spaced. */
  rate?: { most: number; perMs: number }
  /**
   * Its handler names something outside Postgres by the number of the run, which is then on disk before the run
   * begins: otherwise a crash of Postgres may have a number given twice.
   */
  numbersFiles?: boolean
}

/** What those who enqueue a job and those who handle it agree on. */
export interface Job<Name extends string = string, Schema extends TSchema = TSchema>
  extends Readonly<JobOptions<Name, Schema>> {
  accepts(payload: unknown): payload is Static<Schema>
}

export type PayloadOf<J extends Job> = Static<J["payload"]>

function faultOf({ attempts, backoffMs, deadlineSeconds, ttl, priority, rate }: JobOptions<string, TSchema>) {
  if (!Number.isInteger(attempts) || attempts < 1) return "attempts"
  if (backoffMs[0] < 0 || backoffMs[1] < backoffMs[0]) return "backoffMs"
  if (deadlineSeconds <= 0) return "deadlineSeconds"
  if (ttl && ttl.seconds <= 0) return "ttl"
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 0 && priority <= 9))
    return "priority"
  if (rate && (rate.most <= 0 || rate.perMs <= 0)) return "rate"
  return undefined
}

/**
 * Declares a job. Its check is compiled when it is first needed, not at import.
 *
 * @throws RangeError when a number makes no sense
 */
export function defineJob<const Name extends string, Schema extends TSchema>(
  options: JobOptions<Name, Schema>,
): Job<Name, Schema> {
  const fault = faultOf(options)
  if (fault) throw new RangeError(`the job ${options.name} makes no sense: ${fault}`)
  let check: { Check(value: unknown): boolean } | undefined
  return {
    ...options,
    accepts(payload): payload is Static<Schema> {
      check ??= Compile(options.payload)
      return check.Check(payload)
    },
  }
}
