import type { GatewayStatus } from "@tintype/contract"

type Counts = GatewayStatus["refusals"]

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"]

/** Bytes as people say them: `12 KiB`, `3.4 GiB`. */
export function bytes(count: number): string {
  const at = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10))
  const value = count / 1024 ** at
  return `${at > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[at]}`
}

export const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`

export const sumOf = (counts: Counts): number => counts.reduce((sum, { count }) => sum + count, 0)

export const countOf = (counts: Counts, ...names: readonly string[]): number =>
  sumOf(counts.filter(({ name }) => names.includes(name)))

/** Several counts in one line: `2xx 14, 4xx 1`. */
export const inWords = (counts: Counts): string =>
  counts.map(({ name, count }) => `${name} ${count.toLocaleString()}`).join(", ") || "–"
