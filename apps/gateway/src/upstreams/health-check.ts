import { Client, errors } from "undici"

/** Between two checks; each waits up to a fifth more or less, so that many gateways do not ask in step. */
const EVERY_MS = 350
const ANSWER_MS = 250
/** Unanswered checks in a row that make a replica silent. */
const SILENT_AFTER = 2
/** How late an answer's limit may be noticed before this process, not the replica, is taken for the slow one. */
const OWN_LAG_MS = 100
/** Checks that were asked for come no closer to each other than this. */
const APART_MS = 100

/** What a check found: takes requests, answers that it takes none, does not answer, cannot be connected to. */
export type Finding = "ready" | "unready" | "silent" | "unreachable"

/** Asks one replica again and again whether it takes requests. */
export class HealthCheck {
  readonly #client: Client
  readonly #path: string
  readonly #report: (finding: Finding) => void
  #timer: NodeJS.Timeout | undefined
  #running = false
  #stopped = false
  #unanswered = 0
  #lastAt = Number.NEGATIVE_INFINITY

  /** @param path answered with a 2xx status by a replica that takes requests */
  constructor(origin: string, path: string, report: (finding: Finding) => void) {
    // Its own connection: a check must not wait behind the traffic whose state it tells.
    this.#client = new Client(origin, { allowH2: false, connectTimeout: ANSWER_MS })
    this.#path = path
    this.#report = report
  }

  start(): void {
    void this.#run()
  }

  /** Asks at once instead of when it is time, because something gives cause for it. */
  hurry(): void {
    if (this.#running || this.#stopped || performance.now() - this.#lastAt < APART_MS) return
    clearTimeout(this.#timer)
    void this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#client.destroy()
  }

  async #run(): Promise<void> {
    this.#running = true
    const finding = await this.#find()
    this.#running = false
    this.#lastAt = performance.now()
    if (this.#stopped) return
    if (finding) this.#report(finding)
    const wait = finding === undefined ? 0 : EVERY_MS * (0.8 + Math.random() * 0.4)
    this.#timer = setTimeout(() => void this.#run(), wait)
  }

  /** @returns undefined when it takes another check to know */
  async #find(): Promise<Finding | undefined> {
    const startedAt = performance.now()
    try {
      const { statusCode, body } = await this.#ask()
      await body.dump({ limit: 64 * 1024 })
      this.#unanswered = 0
      return statusCode >= 200 && statusCode < 300 ? "ready" : "unready"
    } catch (error) {
      if (!isLate(error)) return "unreachable"
      if (performance.now() - startedAt > ANSWER_MS + OWN_LAG_MS) return undefined
      return ++this.#unanswered < SILENT_AFTER ? undefined : "silent"
    }
  }

  async #ask() {
    const signal = AbortSignal.timeout(ANSWER_MS)
    const request = { path: this.#path, method: "GET", signal } as const
    try {
      return await this.#client.request(request)
    } catch (error) {
      // The connection kept from the last check may have been closed since; a new one tells.
      if (error instanceof errors.SocketError) return await this.#client.request(request)
      throw error
    }
  }
}

const isLate = (error: unknown) =>
  error instanceof errors.ConnectTimeoutError || (error instanceof Error && error.name === "TimeoutError")
