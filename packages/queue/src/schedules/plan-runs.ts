import { type Schedule, timeBefore, timesAfter } from "./define-schedule.ts"

/** A time that was noticed this late was missed: no worker was there. */
export const LATE_MS = 30_000
/** Of more times than these the oldest are let go. */
const MOST_RUNS = 100

export interface Plan {
  runs: { at: Date; cause: "time" | "late" }[]
  /** Let go. */
  missed: Date[]
  next: Date
}

/** The times from `first` to `now`, both included; the newest ones of very many. */
function timesUntil(schedule: Schedule, first: Date, now: Date): Date[] {
  const times: Date[] = []
  let reference = new Date(now.getTime() + 1)
  while (times.length < MOST_RUNS) {
    const time = timeBefore(schedule, reference)
    if (!time || time <= first) return [first, ...times]
    times.unshift(time)
    reference = time
  }
  return times
}

/**
 * What is to be done about a schedule whose time has come.
 *
 * @param first the time that it waited for, not after `now`
 */
export function planRuns(schedule: Schedule, first: Date, now: Date): Plan {
  const [next] = timesAfter(schedule, now, 1)
  if (!next) throw new Error(`the schedule ${schedule.name} has no time to come`)
  const times = timesUntil(schedule, first, now)
  const isLate = (time: Date) => now.getTime() - time.getTime() > LATE_MS
  const late = times.filter(isLate)
  const onTime = times.filter((time) => !isLate(time)).map((at) => ({ at, cause: "time" as const }))
  if (schedule.missed === "all") {
    return { runs: [...late.map((at) => ({ at, cause: "late" as const })), ...onTime], missed: [], next }
  }
  const last = late.at(-1)
  if (schedule.missed === "once" && last && onTime.length === 0) {
    return { runs: [{ at: last, cause: "late" }], missed: late.slice(0, -1), next }
  }
  return { runs: onTime, missed: late, next }
}
