import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"

export interface ProcessInfo {
  pid: number
  parent: number
  command: string
  /** Tells two processes apart that had the same id one after the other. */
  startedAt: string
}

function fromProc(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The second field is a name in parentheses that may hold anything; the others are split by spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const [state = "", parent = "", startedAt = ""] = [fields[0], fields[1], fields[19]]
    if (state === "Z") return undefined
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()
    return { pid, parent: Number(parent), startedAt, command }
  } catch {
    return undefined
  }
}

function fromPs(pid: number): ProcessInfo | undefined {
  const { stdout } = spawnSync("ps", ["-p", String(pid), "-o", "ppid=,lstart=,command="], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C" },
  })
  const [, parent, startedAt = "", command = ""] = /^\s*(\d+)\s+(.{24})\s+(.*)$/m.exec(stdout ?? "") ?? []
  return parent === undefined ? undefined : { pid, parent: Number(parent), startedAt, command }
}

/** What the machine tells about a process; undefined when there is none. */
export const processInfo = (pid: number): ProcessInfo | undefined =>
  existsSync("/proc/self/stat") ? fromProc(pid) : fromPs(pid)
