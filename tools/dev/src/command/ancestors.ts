import { basename } from "node:path"
import { type ProcessInfo, processInfo } from "../services/process-info.ts"

const LAUNCHER = /^(npx|npm|pnpm|turbo)(-cli)?(\.[cm]?js)?$/
const LOOK_MS = 1_000

/** By its name, or by its script's; what a shell was told to run does not count. */
const isLauncher = ({ command }: ProcessInfo) =>
  command.split(" ", 2).some((word) => LAUNCHER.test(basename(word)))

/** The programs through which we were started, such as npx and pnpm, with the shells between them. */
function launchers(): ProcessInfo[] {
  const found: ProcessInfo[] = []
  let kept = 0
  for (let next = processInfo(process.ppid); next && next.pid > 1; next = processInfo(next.parent)) {
    found.push(next)
    if (isLauncher(next)) kept = found.length
  }
  return found.slice(0, kept)
}

/** Calls back when one of the programs that started us is gone: a signal to npx alone does not reach us. */
export function whenLauncherEnds(gone: (command: string) => void): void {
  const known = launchers()
  const timer = setInterval(() => {
    const missing = known.find(({ pid, startedAt }) => processInfo(pid)?.startedAt !== startedAt)
    if (!missing) return
    clearInterval(timer)
    gone(missing.command)
  }, LOOK_MS)
  timer.unref()
}
