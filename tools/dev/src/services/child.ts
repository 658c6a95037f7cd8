import { type ChildProcess, spawn } from "node:child_process"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { endWithUs, hasEnded } from "./reaper.ts"

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
  /** Its exit code; null while it runs or when a signal ended it. */
  code(): number | null
  exited: Promise<void>
  /** The last lines it printed, for error messages. */
  tail(): string
  /** Sends the signal, and SIGKILL when it is still there after `graceMs`. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>
  kill(signal: NodeJS.Signals): void
}

const TAIL_LINES = 30
const LONGEST_LINE = 10_000

function collectLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ""
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n")
      rest = (lines.pop() ?? "").slice(-LONGEST_LINE)
      lines.forEach(onLine)
    })
    stream?.once("close", () => rest && onLine(rest))
  }
}

/** Ends what is left of a child's process group, as a container does when its first process ends. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // Nothing is left.
  }
}

/** Resolves when the child has ended and its last lines were read, or cannot come any more. */
async function untilEnded(child: ChildProcess): Promise<void> {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()))
  await new Promise<void>((resolve) => child.once("exit", () => resolve()))
  if (child.pid) endGroup(child.pid)
  await Promise.race([closed, sleep(500, undefined, { ref: false })])
  if (child.pid) hasEnded(child.pid)
}

/**
 * Starts a program that ends when we do. It has a process group of its own: Ctrl-C in the terminal is for us, and
 * we decide in which order things end. @throws when it cannot be started
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { command, args, uid, gid, env = process.env, cwd = "/" } = options
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env,
    cwd,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  })
  const exited = untilEnded(child)
  const last: string[] = []
  collectLines(child, (line) => {
    last.push(line)
    if (last.length > TAIL_LINES) last.shift()
    options.onLine?.(line)
  })
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve)
    child.once("error", reject)
  })
  const pid = child.pid ?? 0
  endWithUs(pid)
  const running = () => child.exitCode === null && child.signalCode === null
  return {
    pid,
    running,
    exited,
    code: () => child.exitCode,
    tail: () => last.join("\n"),
    kill: (signal) => void child.kill(signal),
    async stop(signal = "SIGTERM", graceMs = 5_000) {
      if (running()) child.kill(signal)
      const grace = setTimeout(() => endGroup(pid), graceMs)
      await exited
      clearTimeout(grace)
    },
  }
}

/** Runs a program to its end. @throws with its last words when it fails */
export async function runChild(options: ChildOptions): Promise<void> {
  const child = await startChild(options)
  await child.exited
  if (child.code() !== 0) throw new Error(`${options.command} failed:\n${child.tail()}`)
}

export interface ServerOptions extends ChildOptions {
  name: string
  /** The line that it prints when it takes requests. */
  ready: RegExp
  seconds?: number
}

/** Starts a program and waits until it says that it is ready. @throws with its last words when it does not */
export async function startServer({ name, ready, seconds = 30, ...options }: ServerOptions): Promise<Child> {
  const says = Promise.withResolvers<"ready">()
  const child = await startChild({
    ...options,
    onLine(line) {
      if (ready.test(line)) says.resolve("ready")
      options.onLine?.(line)
    },
  })
  const outcome = await Promise.race([
    says.promise,
    child.exited.then(() => "ended" as const),
    sleep(seconds * 1000, "late" as const, { ref: false }),
  ])
  if (outcome === "ready") return child
  await child.stop("SIGKILL")
  const problem = outcome === "ended" ? "ended at its start" : `was not ready within ${seconds} s`
  throw new Error(`${name} ${problem}:\n${child.tail()}`)
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
