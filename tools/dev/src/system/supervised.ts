import { setTimeout as sleep } from "node:timers/promises"

/** A process that runs now. */
export interface Running {
  pid: number
  running(): boolean
  exited: Promise<void>
  tail(): string
  stop(): Promise<void>
  kill(signal: NodeJS.Signals): void
}

export interface SupervisedOptions<Name extends string> {
  name: Name
  /** Which of several of its kind, from 0. */
  index?: number
  /** Starts the process; called again whenever it has ended. */
  launch: () => Promise<Running>
  say: (message: string) => void
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
/** One that ran for so long is not in a loop of crashes. */
const SETTLED_MS = 30_000

/** One process of the system. It is started again whenever it ends without having been told to. */
export class Supervised<Name extends string = string> {
  readonly name: Name
  readonly label: string
  readonly #launch: () => Promise<Running>
  readonly #say: (message: string) => void
  #process: Running | undefined
  /** Raised whenever somebody decides what shall be; what was decided before counts no more. */
  #decision = 0
  #crashes = 0

  constructor({ name, index = 0, launch, say }: SupervisedOptions<Name>) {
    this.name = name
    this.label = index === 0 ? name : `${name}-${index + 1}`
    this.#launch = launch
    this.#say = say
  }

  get pid(): number | undefined {
    return this.#process?.running() ? this.#process.pid : undefined
  }

  /** How often it ended on its own accord, one time soon after the other. */
  get crashes(): number {
    return this.#crashes
  }

  /** The last lines that it printed. */
  tail(): string {
    return this.#process?.tail() ?? ""
  }

  /** @throws when it cannot be started */
  async start(): Promise<void> {
    this.#crashes = 0
    await this.#run(++this.#decision)
  }

  async stop(): Promise<void> {
    this.#decision++
    await this.#process?.stop()
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  /** Sends a signal. After one that kills it stays away until `start`, unless `revive`. */
  async signal(signal: NodeJS.Signals, revive: boolean): Promise<void> {
    const process = this.#process
    if (!process) return
    if (!revive) this.#decision++
    process.kill(signal)
    if (signal === "SIGKILL" || signal === "SIGTERM") await process.exited
  }

  async #run(decision: number): Promise<void> {
    const process = await this.#launch()
    if (decision !== this.#decision) return process.stop()
    this.#process = process
    const since = Date.now()
    void process.exited.then(() => this.#revive(decision, since))
  }

  async #revive(decision: number, since: number): Promise<void> {
    if (Date.now() - since > SETTLED_MS) this.#crashes = 0
    while (decision === this.#decision) {
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#crashes++)
      this.#say(`${this.label} ended unexpectedly; starting it again in ${pause / 1000} s`)
      await sleep(pause, undefined, { ref: false })
      if (decision !== this.#decision) return
      try {
        return await this.#run(decision)
      } catch (error) {
        this.#say(`${this.label}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
}
