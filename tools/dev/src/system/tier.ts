import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { type Child, startChild } from "../services/child.ts"
import { ROOT } from "./places.ts"

export type TierName = "gateway" | "api" | "worker"

export interface TierOptions {
  name: TierName
  /** Which of several of its kind, from 0. */
  index: number
  env: Record<string, string | undefined>
  /** The built file instead of the sources. */
  bundled: boolean
  onLine: (tier: string, line: string) => void
  say: (message: string) => void
}

const LONGEST_PAUSE_MS = 10_000

/** One process of a tier. It is started again whenever it ends without having been told to. */
export class Tier {
  readonly name: TierName
  readonly label: string
  readonly #options: TierOptions
  #child: Child | undefined
  #wanted = false
  #crashes = 0

  constructor(options: TierOptions) {
    this.#options = options
    this.name = options.name
    this.label = options.index === 0 ? options.name : `${options.name}-${options.index + 1}`
  }

  get pid(): number | undefined {
    return this.#child?.running() ? this.#child.pid : undefined
  }

  async start(): Promise<void> {
    this.#wanted = true
    const { name, env, bundled, onLine } = this.#options
    const path = join(ROOT, "apps", name, bundled ? "dist/main.js" : "src/main.ts")
    const child = await startChild({
      command: process.execPath,
      // Sources load half as much again into memory as a bundle; this gives that back.
      args: bundled ? [path] : ["--optimize-for-size", path],
      cwd: ROOT,
      env,
      onLine: (line) => onLine(this.label, line),
    })
    this.#child = child
    const since = Date.now()
    void child.exited.then(() => this.#revive(child, since))
  }

  async stop(): Promise<void> {
    this.#wanted = false
    await this.#child?.stop("SIGTERM", 15_000)
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  /** Sends a signal. After one that kills it stays away until `start`, unless `revive`. */
  async signal(signal: NodeJS.Signals, revive: boolean): Promise<void> {
    const child = this.#child
    if (!child) return
    this.#wanted = revive
    child.kill(signal)
    if (signal === "SIGKILL" || signal === "SIGTERM") await child.exited
  }

  async #revive(child: Child, since: number): Promise<void> {
    if (!this.#wanted || child !== this.#child) return
    this.#crashes = Date.now() - since > 30_000 ? 0 : this.#crashes + 1
    const pause = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** this.#crashes)
    this.#options.say(`${this.label} ended unexpectedly; starting it again in ${pause / 1000} s`)
    await sleep(pause, undefined, { ref: false })
    if (this.#wanted && child === this.#child) await this.start()
  }
}
