const UNITS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
] as const

/** A duration as people say it: `12 ms`, `3.4 s`, `2 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const seconds = ms / 1_000
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? [60, "min"]
  return `${Math.round(seconds / size)} ${unit}`
}

/** A moment in the reader's own time. */
export const moment = (text: string | null): string =>
  text === null
    ? "–"
    : new Date(text).toLocaleString(undefined, {
        month: "short",
        day: "numeric",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      })

export const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`

/** Counts stop there. */
const MOST_COUNTED = 10_000

export const counted = (count: number): string =>
  count >= MOST_COUNTED ? `${MOST_COUNTED.toLocaleString()}+` : count.toLocaleString()

export const jobPath = (owner: string, id: string): string => `/admin/jobs/job/${owner}/${id}`

export const workflowPath = (owner: string, id: string): string => `/admin/jobs/workflow/${owner}/${id}`

/** Text as JSON; undefined for what is none. */
export function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}
