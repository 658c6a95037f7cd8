import { readFileSync } from "node:fs"

/** The memory that a process has at the moment, in MiB; NaN where the system does not tell. */
export function residentMib(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8")
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}
