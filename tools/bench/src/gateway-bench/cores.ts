import { execFileSync } from "node:child_process"
import { availableParallelism } from "node:os"

/** Which core a process runs on: the proxy has one of its own. */
export interface Cores {
  /** Puts a command line onto the proxy's core. */
  forProxy(command: readonly string[]): string[]
  /** Puts it onto the others. */
  forOthers(command: readonly string[]): string[]
  /** For the reader of the figures. */
  told: string
}

const free = (command: readonly string[]) => [...command]

/** Linux alone binds a process to a core from outside. */
export function cores(): Cores {
  const count = availableParallelism()
  if (count < 2 || !hasTaskset()) {
    return {
      forProxy: free,
      forOthers: free,
      told: "nothing is bound to a core: the figures blur each other",
    }
  }
  const others = count === 2 ? "1" : `1-${count - 1}`
  return {
    forProxy: (command) => ["taskset", "-c", "0", ...command],
    forOthers: (command) => ["taskset", "-c", others, ...command],
    told: `the proxy on core 0, the upstream and the load on core ${others}`,
  }
}

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["-c", "0", "true"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}
