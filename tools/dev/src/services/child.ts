import { type ChildProcess, spawn } from "node:child_process"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

const living = new Set<ChildProcess>()
let guarded = false

/** Nothing that we started outlives us, unless we are killed with SIGKILL: then `reaper` ends it. */
function guardExit(): void {
  if (guarded) return
  guarded = true
  process.on("exit", () => {
    for (const child of living) child.kill("SIGKILL")
  })
}

/** Waits for its parent to go and then ends the process it was told of. A shell, so that it costs next to nothing. */
const REAPER = `while kill -0 "$1" 2>/dev/null && kill -0 "$2" 2>/dev/null; do sleep 0.5; done
kill -TERM "$2" 2>/dev/null && sleep 3 && kill -KILL "$2" 2>/dev/null; exit 0`

export interface ChildOptions {
  command: string
  args: readonly string[]
  env?: Record<string, string | undefined>
  cwd?: string
  uid?: number
  gid?: number
  onLine?: (line: string) => void
}

export interface Child {
  pid: number
  running(): boolean
  exited: Promise<void>
  /** The last lines it printed, for error messages. */
  tail(): string
  /** Sends the signal, and SIGKILL when it is still there after `graceMs`. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>
  kill(signal: NodeJS.Signals): void
}

function collectLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ""
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n")
      rest = (lines.pop() ?? "").slice(-10_000)
      lines.forEach(onLine)
    })
  }
}

/** Starts a program that ends when we do. @throws when it cannot be started */
export async function startChild(options: ChildOptions): Promise<Child> {
  guardExit()
  const last: string[] = []
  const { uid, gid } = options
  const child = spawn(options.command, options.args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: options.env ?? process.env,
    cwd: options.cwd ?? "/",
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  })
  const exited = new Promise<void>((resolve) => {
    child.once("close", () => resolve())
  }).then(() => void living.delete(child))
  collectLines(child, (line) => {
    last.push(line)
    if (last.length > 30) last.shift()
    options.onLine?.(line)
  })
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve)
    child.once("error", reject)
  })
  living.add(child)
  const pid = child.pid ?? 0
  spawn("/bin/sh", ["-c", REAPER, "reaper", String(process.pid), String(pid)], {
    stdio: "ignore",
    detached: true,
  }).unref()
  const running = () => child.exitCode === null && child.signalCode === null
  return {
    pid,
    running,
    exited,
    tail: () => last.join("\n"),
    kill: (signal) => void child.kill(signal),
    async stop(signal = "SIGTERM", graceMs = 5_000) {
      if (running()) child.kill(signal)
      const grace = setTimeout(() => child.kill("SIGKILL"), graceMs)
      await exited
      clearTimeout(grace)
    },
  }
}

/** Whether something listens on this port of the machine. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" })
    socket.setTimeout(500, () => socket.destroy())
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
    socket.once("close", () => resolve(false))
  })
}

/** Waits until the child listens on the port. @throws with its last words when it ends or takes too long */
export async function untilListening(name: string, child: Child, port: number, seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (!(await accepts(port))) {
    if (!child.running()) throw new Error(`${name} ended at its start:\n${child.tail()}`)
    if (Date.now() > deadline) {
      await child.stop("SIGKILL")
      throw new Error(`${name} did not listen on port ${port} within ${seconds} s:\n${child.tail()}`)
    }
    await sleep(15)
  }
}
