import { readFileSync } from "node:fs"

/** Linux counts in hundredths of a second. */
const TICK_MS = 10

/** The processor time that processes have used so far, in ms; NaN where the system does not tell. */
export function cpuTimeOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuTime(pid), 0)
}

function cpuTime(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS
  } catch {
    return Number.NaN
  }
}
