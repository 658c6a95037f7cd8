import type { JobMinutes } from "@tintype/contract"
import { duration } from "./words.ts"

const WIDTH = 600
const HEIGHT = 140
const STEPS = 60

export interface Line {
  label: string
  /** One for each step, the newest last; null where nothing ran. */
  values: readonly (number | null)[]
}

interface ChartProps {
  title: string
  lines: readonly Line[]
  hours: number
  show: (value: number) => string
}

const x = (step: number) => (step / (STEPS - 1)) * WIDTH
const y = (value: number, top: number) => HEIGHT - (value / top) * (HEIGHT - 8)

/** A line through the values that are there, with gaps where there are none; one that stands alone is a dot. */
export function pathOf(values: Line["values"], top: number): string {
  let isDrawn = false
  return values
    .map((value, step) => {
      if (value === null) {
        isDrawn = false
        return ""
      }
      const place = `${x(step).toFixed(1)} ${y(value, top).toFixed(1)}`
      const command = isDrawn ? `L${place}` : `M${place}h0`
      isDrawn = true
      return command
    })
    .join("")
}

const newestOf = ({ values }: Line): number | undefined =>
  values.findLast((value) => value !== null) ?? undefined

/** Lines over the last hours. Its words say what the lines show last, for who cannot see them. */
export function Chart({ title, lines, hours, show }: ChartProps) {
  const top = Math.max(1, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const words = lines.map((line) => {
    const newest = newestOf(line)
    return { label: line.label, text: newest === undefined ? "nothing" : show(newest) }
  })
  const summary = words.map(({ label, text }) => `${label} ${text}`).join(", ")
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <ul class="legend">
          {words.map(({ label, text }, index) => (
            <li key={label} class={`line-${index}`}>
              {label} <strong>{text}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title} over the last ${hours} h; last: ${summary}; at most ${show(top)}`}
      >
        {[0.25, 0.5, 0.75].map((part) => (
          <path key={part} class="rule" d={`M0 ${HEIGHT * part}H${WIDTH}`} />
        ))}
        {lines.map(({ label, values }, index) => (
          <path key={label} class={`line line-${index}`} d={pathOf(values, top)} />
        ))}
      </svg>
      <p class="axis" aria-hidden="true">
        <span>{hours} h ago</span>
        <span>at most {show(top)}</span>
        <span>now</span>
      </p>
    </figure>
  )
}

/** Minutes put into the steps of a chart. */
export function stepsOf<T>(
  minutes: readonly JobMinutes[],
  hours: number,
  now: number,
  pick: (minute: JobMinutes) => T,
): (T | null)[] {
  const length = hours * 60_000
  const last = Math.floor(now / length)
  const steps: (T | null)[] = Array.from({ length: STEPS }, () => null)
  for (const minute of minutes) {
    const step = STEPS - 1 - (last - Math.floor(Date.parse(minute.at) / length))
    if (step >= 0 && step < STEPS) steps[step] = pick(minute)
  }
  return steps
}

const PERCENTILES = ["p50", "p95", "p99"] as const

/** The percentiles of waiting or running, each a line. */
export const percentileLines = (
  minutes: readonly JobMinutes[],
  hours: number,
  of: "wait_ms" | "run_ms",
): Line[] => {
  const steps = stepsOf(minutes, hours, Date.now(), (minute) => minute[of])
  return PERCENTILES.map((label, index) => ({ label, values: steps.map((each) => each?.[index] ?? null) }))
}

/** How many runs ended a minute, and failed. */
export function rateLines(minutes: readonly JobMinutes[], hours: number): Line[] {
  const rates = stepsOf(
    minutes,
    hours,
    Date.now(),
    ({ runs, failed }) => [runs / hours, failed / hours] as const,
  )
  return (["ended", "failed"] as const).map((label, index) => ({
    label,
    values: rates.map((each) => each?.[index] ?? 0),
  }))
}

/** The rate of the last hour, small, for a row of a list. */
export function Spark({ minutes, label }: { minutes: readonly JobMinutes[]; label: string }) {
  const [line] = rateLines(minutes, 1)
  const values = line?.values ?? []
  const top = Math.max(1, ...values.map((value) => value ?? 0))
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="line line-0" d={pathOf(values, top)} />
    </svg>
  )
}

export const showDuration = duration
export const showRate = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)}/min`
