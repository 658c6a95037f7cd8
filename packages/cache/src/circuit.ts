import type { Logger } from "@tintype/observe"

/** `open`: nothing is sent. `settling`: Redis answers again, but what it holds is not believed yet. */
export type CircuitState = "closed" | "open" | "settling"

export interface CircuitOptions {
  log: Logger
  /** Failures in a row that open it. */
  failures: number
  /** How often an open circuit asks whether Redis is back. */
  probeMs: number
  /**
   * How long after its return Redis is not believed: longer than `probeMs` and the repairs that follow, so that
   * every process has taken back what it wrote unseen before any of them reads old values.
   */
  settleMs: number
  /** Resolves when Redis answers. */
  probe: () => Promise<unknown>
}

export interface Circuit {
  readonly state: CircuitState
  succeeded(): void
  failed(error: unknown): void
  /** Opens it at once. */
  trip(error: unknown): void
  /** Redis answers, but is not believed for a while. */
  settle(): void
  stop(): void
}

/** Keeps a Redis that is gone or frozen from costing every request its timeout. */
export function createCircuit({ log, failures, probeMs, settleMs, probe }: CircuitOptions): Circuit {
  let state: CircuitState = "closed"
  let inARow = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const later = (ms: number, run: () => void) => {
    clearTimeout(timer)
    if (!stopped) timer = setTimeout(run, ms).unref()
  }
  const close = () => {
    state = "closed"
    log.info("cache in use again")
  }
  const settle = () => {
    state = "settling"
    inARow = 0
    later(settleMs, close)
  }
  const ask = () => {
    probe().then(settle, () => later(probeMs, ask))
  }
  const trip = (error: unknown) => {
    if (state === "open" || stopped) return
    state = "open"
    log.warn({ err: error }, "cache out of use: going on without it")
    later(probeMs, ask)
  }
  return {
    get state() {
      return state
    },
    succeeded() {
      inARow = 0
    },
    failed(error) {
      inARow += 1
      if (inARow >= failures) trip(error)
    },
    trip,
    settle,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
