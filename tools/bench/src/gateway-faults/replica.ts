import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

const PROGRAM = fileURLToPath(new URL("./replica-process.ts", import.meta.url))

/** One place behind the gateway, and the process that fills it for the time being. */
export class Replica {
  /** `host:port`. */
  readonly name: string
  readonly #ledger: string
  readonly #noticeMs: number
  #child: ChildProcess | undefined

  constructor(name: string, ledger: string, noticeMs: number) {
    this.name = name
    this.#ledger = ledger
    this.#noticeMs = noticeMs
  }

  async start(): Promise<void> {
    this.#child = fork(PROGRAM, [this.name, this.#ledger, String(this.#noticeMs)])
    await once(this.#child, "message")
  }

  /** Asks it to end and waits until it has. */
  async drain(): Promise<void> {
    await this.#signalled("SIGTERM")
  }

  async kill(): Promise<void> {
    await this.#signalled("SIGKILL")
  }

  freeze(): void {
    this.#child?.kill("SIGSTOP")
  }

  thaw(): void {
    this.#child?.kill("SIGCONT")
  }

  async #signalled(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, "exit")
    child.kill(signal)
    await exited
  }
}
