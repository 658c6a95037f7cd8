const CHECK_MS = 1000

export interface HealthPart {
  /** Rejects when the part is not there. */
  check: () => Promise<void>
  /** Without it the server still answers, more slowly. */
  optional?: boolean
}

interface PartReport {
  status: string
  error?: string
}

export interface HealthReport {
  status: "ok" | "degraded" | "unavailable" | "draining"
  parts: Record<string, PartReport>
}

/** Never the error itself: it may name hosts and users. */
async function look({ check }: HealthPart): Promise<PartReport> {
  const signal = AbortSignal.timeout(CHECK_MS)
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  })
  try {
    await Promise.race([check(), late])
    return { status: "ok" }
  } catch {
    return { status: "down", error: signal.aborted ? `no answer within ${CHECK_MS} ms` : "not there" }
  }
}

/** Whether this process and all that it needs are there to serve. */
export class Health {
  readonly #parts: Readonly<Record<string, HealthPart>>
  #running: Promise<HealthReport> | undefined
  draining = false

  constructor(parts: Readonly<Record<string, HealthPart>>) {
    this.#parts = parts
  }

  isReady({ status }: HealthReport): boolean {
    return status === "ok" || status === "degraded"
  }

  /** However many ask at once, every part is asked once; within a second and a bit. */
  report(): Promise<HealthReport> {
    this.#running ??= this.#ask().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #ask(): Promise<HealthReport> {
    const named = Object.entries(this.#parts)
    const looks = await Promise.all(named.map(async ([name, part]) => [name, await look(part)] as const))
    const down = new Set(looks.flatMap(([name, { status }]) => (status === "ok" ? [] : [name])))
    const missing = named.some(([name, { optional }]) => down.has(name) && !optional)
    const status = missing ? "unavailable" : down.size > 0 ? "degraded" : "ok"
    return { status: this.draining ? "draining" : status, parts: Object.fromEntries(looks) }
  }
}
