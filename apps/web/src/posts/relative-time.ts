const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY

/**
 * How long ago something was, in few letters; a date once it is more than a week.
 *
 * @param at ISO 8601
 * @param now milliseconds since 1970
 */
export function relativeTime(at: string, now: number): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return ""
  const seconds = Math.floor((now - time) / 1000)
  if (seconds < MINUTE) return "now"
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`
  if (seconds < WEEK) return `${Math.floor(seconds / DAY)} d`
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear()
  const year = sameYear ? {} : ({ year: "numeric" } as const)
  return new Intl.DateTimeFormat("en", { day: "numeric", month: "short", ...year }).format(time)
}
