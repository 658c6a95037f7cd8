import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type DevelopReply, type DevelopRequest, parseReply } from "./develop-messages.ts"

export interface ChildLimits {
  memoryMib: number
  seconds: number
  /** The program, as a file. */
  childPath: URL
}

/** The process ended, or was ended, in the middle of a photo. */
export class DevelopCrash extends Error {
  override name = "DevelopCrash"
}

const WATCH_MS = 50

/**
 * What Node, libvips and the AVIF encoder reserve beyond what they use: 640 MiB before the first photo, and as
 * much again while they encode large ones.
 */
const RESERVED_MIB = 2048

/**
 * RLIMIT_DATA bounds what the process may allocate at once (RLIMIT_AS would not do: V8 reserves address space by
 * the gigabyte); the watch on resident memory is the tighter bound. Lower priority, so that the API on the same
 * machine stays quick.
 */
const LIMITED = 'ulimit -d "$1" 2>/dev/null; shift; exec nice -n 5 "$@"'

/** Resident memory in MiB where the system tells it (Linux), else 0. */
function residentMib(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** One child process; it develops one photo at a time. */
export class DarkroomChild {
  readonly #process: ChildProcess
  readonly #limits: ChildLimits
  #developed = 0

  constructor(limits: ChildLimits) {
    this.#limits = limits
    const node = [process.execPath, "--max-old-space-size=128", fileURLToPath(limits.childPath)]
    this.#process = spawn(
      "/bin/sh",
      ["-c", LIMITED, "sh", String((limits.memoryMib + RESERVED_MIB) * 1024), ...node],
      {
        stdio: ["ignore", "ignore", "ignore", "ipc"],
        // With an arena a thread, glibc would keep many times what is in use.
        env: { MALLOC_ARENA_MAX: "2" },
      },
    )
    this.#process.on("error", () => {})
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  get developed(): number {
    return this.#developed
  }

  /** Whether it has kept so much memory that a fresh one is better. */
  get swollen(): boolean {
    return residentMib(this.pid) > this.#limits.memoryMib / 2
  }

  get alive(): boolean {
    return this.#process.connected && this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Does not keep our own process alive while it has nothing to do. */
  rest(): void {
    this.#process.unref()
    this.#process.channel?.unref()
  }

  kill(): void {
    this.#process.kill("SIGKILL")
  }

  /** @throws DevelopCrash when it ends, takes too long or too much memory; the signal's reason when aborted */
  async develop(request: DevelopRequest, signal: AbortSignal): Promise<DevelopReply> {
    signal.throwIfAborted()
    this.#developed++
    this.#process.ref()
    this.#process.channel?.ref()
    const { promise, resolve, reject } = Promise.withResolvers<DevelopReply>()
    const end = (error: unknown) => {
      this.kill()
      reject(error)
    }
    const onMessage = (message: unknown) => {
      try {
        resolve(parseReply(message))
      } catch (error) {
        end(error)
      }
    }
    const onGone = () => reject(new DevelopCrash("the process ended"))
    const onAbort = () => end(signal.reason)
    const late = setTimeout(() => end(new DevelopCrash("it took too long")), this.#limits.seconds * 1000)
    const watch = setInterval(() => {
      if (residentMib(this.pid) > this.#limits.memoryMib) end(new DevelopCrash("it took too much memory"))
    }, WATCH_MS)
    this.#process.on("message", onMessage).once("exit", onGone).once("error", onGone)
    signal.addEventListener("abort", onAbort)
    try {
      this.#process.send(request, (error) => error && onGone())
      return await promise
    } finally {
      clearTimeout(late)
      clearInterval(watch)
      this.#process.off("message", onMessage).off("exit", onGone).off("error", onGone)
      signal.removeEventListener("abort", onAbort)
    }
  }
}
