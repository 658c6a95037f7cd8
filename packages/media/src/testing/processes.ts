import { spawnSync } from "node:child_process"

/** The processes that develop photos for a process. */
export function developersOf(pid: number): number[] {
  return spawnSync("ps", ["-o", "pid=,args=", "--ppid", String(pid)], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line.includes("develop-child"))
    .map((line) => Number.parseInt(line, 10))
}
