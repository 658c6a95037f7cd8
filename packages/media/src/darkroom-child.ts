import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { Socket } from "node:net"
import { fileURLToPath } from "node:url"
import { type DevelopRequest, type DevelopResult, parseReply } from "./develop-messages.ts"

export interface ChildLimits {
  memoryMib: number
  seconds: number
  /** How far behind others it stands where they want the same core: nice(1). */
  niceness: number
  /** The program, as a file. */
  childPath: URL
}

export type CrashCause = "crashed" | "timeout" | "memory"

/** The process ended, or was ended, in the middle of a photo. */
export class DevelopCrash extends Error {
  override name = "DevelopCrash"
  readonly why: CrashCause

  constructor(why: CrashCause, message: string) {
    super(message)
    this.why = why
  }
}

/** The process ended before it began with the photo: another one may. */
export class NeverBegan extends Error {
  override name = "NeverBegan"
}

const WATCH_MS = 50

/**
 * What RLIMIT_DATA counts beside memory in use: 512 MiB that V8 reserves for machine code (x64), and stacks and heaps
 * that are mostly empty. RLIMIT_AS, counting all address space, would have to be hundreds of gigabytes.
 */
const RESERVED_MIB = 768

/**
 * The watch on resident memory looks only now and then; RLIMIT_DATA stops what grows too fast for it. No core dump:
 * private photos would lie in it. Lower priority, so that what answers members stays quick.
 */
const LIMITED = 'ulimit -c 0; ulimit -d "$1"; nice="$2"; shift 2; exec nice -n "$nice" "$@"'

const NODE_OPTIONS = ["--max-old-space-size=128", "--expose-gc"]

/**
 * All that the child's environment holds. Whatever takes more than 64 KiB goes back to the system when it is freed,
 * and two arenas do for few threads: 76 MiB resident between photos instead of a growing 600.
 */
const ENVIRONMENT = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TRIM_THRESHOLD_: "65536",
}

const COMPLAINT_CHARACTERS = 2000

/** Resident memory in MiB where the system tells it (Linux), else 0. */
function residentMib(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

function start({ memoryMib, niceness, childPath }: ChildLimits): ChildProcess {
  const dataKib = (memoryMib + RESERVED_MIB) * 1024
  const node = [process.execPath, ...NODE_OPTIONS, fileURLToPath(childPath)]
  return spawn("/bin/sh", ["-c", LIMITED, "sh", String(dataKib), String(niceness), ...node], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: ENVIRONMENT,
  })
}

/** One child process; it develops one photo at a time. */
export class DarkroomChild {
  readonly #process: ChildProcess
  readonly #limits: ChildLimits
  #developed = 0
  #complaint = ""

  constructor(limits: ChildLimits) {
    this.#limits = limits
    this.#process = start(limits)
    this.#process.on("error", (error) => this.#note(error.message))
    this.#process.stderr?.setEncoding("latin1").on("data", (text: string) => this.#note(text))
    if (this.#process.stderr instanceof Socket) this.#process.stderr.unref()
    this.rest()
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Photos so far. */
  get developed(): number {
    return this.#developed
  }

  get residentMib(): number {
    return residentMib(this.pid)
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

  /** @throws DevelopCrash when it ends, takes too long or too much memory; NeverBegan; the signal's reason */
  async develop(request: DevelopRequest, signal: AbortSignal): Promise<DevelopResult> {
    signal.throwIfAborted()
    this.#developed++
    this.#process.ref()
    this.#process.channel?.ref()
    const { promise, resolve, reject } = Promise.withResolvers<DevelopResult>()
    let began = false
    const end = (error: unknown) => {
      this.kill()
      reject(error)
    }
    const onMessage = (message: unknown) => {
      try {
        const reply = parseReply(message)
        if ("began" in reply) began = true
        else resolve(reply)
      } catch (error) {
        end(error)
      }
    }
    // Not "exit": what it had to say on its way out has come in by then.
    const onGone = () =>
      reject(began ? this.#ended() : new NeverBegan("the process ended", { cause: this.#ended() }))
    const onAbort = () => end(signal.reason)
    const stopWatching = this.#watch(end)
    this.#process.on("message", onMessage).once("close", onGone).once("error", onGone)
    signal.addEventListener("abort", onAbort)
    try {
      this.#process.send(request, (error) => error && onGone())
      return await promise
    } finally {
      stopWatching()
      this.#process.off("message", onMessage).off("close", onGone).off("error", onGone)
      signal.removeEventListener("abort", onAbort)
    }
  }

  #watch(end: (error: DevelopCrash) => void): () => void {
    const { seconds, memoryMib } = this.#limits
    const late = setTimeout(() => {
      end(new DevelopCrash("timeout", `developing took more than ${seconds} s`))
    }, seconds * 1000)
    const watch = setInterval(() => {
      if (this.residentMib > memoryMib)
        end(new DevelopCrash("memory", `developing took more than ${memoryMib} MiB`))
    }, WATCH_MS)
    return () => {
      clearTimeout(late)
      clearInterval(watch)
    }
  }

  #note(text: string): void {
    this.#complaint = (this.#complaint + text).slice(-COMPLAINT_CHARACTERS)
  }

  #ended(): DevelopCrash {
    const { exitCode, signalCode } = this.#process
    const why = /memory|allocat|bad_alloc/i.test(this.#complaint) ? "memory" : "crashed"
    return new DevelopCrash(why, `the process ended (${signalCode ?? exitCode}) ${this.#complaint}`.trim())
  }
}
