import { Cron } from "croner"
import type { Job, PayloadOf } from "../define-job.ts"

/**
 * What becomes of a time when the run before it is not over: `skip` lets it go, `queue` runs it after that one (its job
 * has to be unique in the mode `serial`), `replace` takes that one away and runs instead.
 */
export type Overlap = "skip" | "queue" | "replace"

/** What becomes of the times at which no worker was there: nothing, one run for all of them, or one for each. */
export type Missed = "skip" | "once" | "all"

export interface Timing {
  /** Five fields, or six with seconds first: `0 30 4 * * *`. */
  cron: string
  /** As the IANA names it: a day is its day, with its summer time. */
  timeZone: string
}

export interface ScheduleOptions<J extends Job> extends Timing {
  /** `<feature>.<verb>`, as its job's. */
  name: string
  job: J
  payload: PayloadOf<J>
  overlap: Overlap
  missed: Missed
}

export interface Schedule extends Timing {
  name: string
  job: Job
  payload: unknown
  overlap: Overlap
  missed: Missed
}

const cronOf = ({ cron, timeZone }: Timing) => new Cron(cron, { timezone: timeZone, paused: true })

/** The times of a schedule after a moment, `count` at most. */
export const timesAfter = (timing: Timing, moment: Date, count: number): Date[] =>
  cronOf(timing).nextRuns(count, moment)

/** The newest time of a schedule before a moment. */
export const timeBefore = (timing: Timing, moment: Date): Date | undefined =>
  cronOf(timing).previousRuns(1, moment)[0]

/**
 * Declares what is to be done at certain times.
 *
 * @throws RangeError when the times or the policies make no sense, TypeError when the payload does not fit
 */
export function defineSchedule<J extends Job>(options: ScheduleOptions<J>): Schedule {
  const { name, job, payload, overlap, missed } = options
  if (overlap === "queue" && job.unique?.mode !== "serial") {
    throw new RangeError(
      `the schedule ${name} queues its runs, so its job has to be unique, in the mode serial`,
    )
  }
  if (missed === "all" && overlap !== "queue") {
    throw new RangeError(
      `the schedule ${name} makes up for every time it missed, so it has to queue its runs`,
    )
  }
  if (!job.accepts(payload)) throw new TypeError(`the payload does not fit the job ${job.name}`)
  try {
    if (timesAfter(options, new Date(), 1).length === 0) throw new RangeError("it has no time to come")
  } catch (cause) {
    throw new RangeError(`the times of the schedule ${name} make no sense`, { cause })
  }
  return options
}
