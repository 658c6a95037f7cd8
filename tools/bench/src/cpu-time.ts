import { readdirSync, readFileSync } from "node:fs"

/** Linux counts in hundredths of a second. */
const TICK_MS = 10

/** The processor time that processes have used so far, in ms; NaN where the system does not tell. */
export function cpuTimeOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuTime(pid), 0)
}

/** The processes of a group; none where the system does not tell. */
export function processesOfGroup(group: number): number[] {
  try {
    const pids = readdirSync("/proc").map(Number).filter(Boolean)
    return pids.filter((pid) => Number(statOf(pid)?.[2]) === group)
  } catch {
    return []
  }
}

/**
 * The processor time of a process and of all that it started, those that have ended included, in ms: of itself, and of
 * the others.
 */
export function cpuTimeOfTree(root: number): { own: number; others: number } {
  const pids = readdirSync("/proc").map(Number).filter(Boolean)
  const stats = new Map(pids.flatMap((pid) => [[pid, statOf(pid)] as const]))
  const descends = (pid: number): boolean => {
    const parent = Number(stats.get(pid)?.[1] ?? 0)
    return parent === root || (parent > 1 && descends(parent))
  }
  const sumOf = (pid: number, fields: readonly number[]) =>
    fields.reduce((sum, field) => sum + Number(stats.get(pid)?.[field] ?? 0) * TICK_MS, 0)
  const others = pids.filter(descends).reduce((sum, pid) => sum + sumOf(pid, [11, 12, 13, 14]), 0)
  return { own: sumOf(root, [11, 12]), others: others + sumOf(root, [13, 14]) }
}

function cpuTime(pid: number): number {
  const fields = statOf(pid)
  return fields ? (Number(fields[11]) + Number(fields[12])) * TICK_MS : Number.NaN
}

/** What the system tells of a process, from its state on. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  } catch {
    return undefined
  }
}
