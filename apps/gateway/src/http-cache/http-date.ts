const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const FIXED = /^[a-z]{3}, (\d\d) ([a-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) gmt$/i
const RFC_850 = /^[a-z]{6,9}, (\d\d)-([a-z]{3})-(\d\d) (\d\d):(\d\d):(\d\d) gmt$/i
const ASCTIME = /^[a-z]{3} ([a-z]{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})$/i
/** A two-digit year that seems further ahead than this lies in the century before (RFC 9110 §5.6.7). */
const MOST_YEARS_AHEAD = 50

/**
 * Reads an HTTP date in any of its three forms (RFC 9110 §5.6.7), letters in either case (RFC 9111 §4.2).
 *
 * @returns milliseconds since 1970; undefined for everything else, other zones than GMT included
 */
export function readDate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const fixed = FIXED.exec(text)
  if (fixed) return moment(fixed[3], fixed[2], fixed[1], fixed.slice(4))
  const asctime = ASCTIME.exec(text)
  if (asctime) return moment(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6))
  const old = RFC_850.exec(text)
  return old ? moment(fullYear(Number(old[3])), old[2], old[1], old.slice(4)) : undefined
}

function fullYear(twoDigits: number): number {
  const now = new Date().getUTCFullYear()
  const year = now - (now % 100) + twoDigits
  return year > now + MOST_YEARS_AHEAD ? year - 100 : year
}

function moment(
  year: string | number | undefined,
  monthName: string | undefined,
  day: string | undefined,
  time: readonly string[],
): number | undefined {
  const month = MONTHS.indexOf(monthName?.toLowerCase() ?? "")
  const [hours = 0, minutes = 0, seconds = 0] = time.map(Number)
  if (month < 0 || hours > 23 || minutes > 59 || seconds > 60) return undefined
  const date = new Date(Date.UTC(Number(year), month, Number(day), hours, minutes, seconds))
  return date.getUTCMonth() === month ? date.getTime() : undefined
}
