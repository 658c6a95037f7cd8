import { Timings } from "@tintype/observe"
import { classOf, STATUS_CLASSES } from "./traffic.ts"

/** What was sent to replicas beyond once for each request. */
export interface Extras {
  retries: number
  hedges: number
  /** Retries and hedges for which the budget had nothing left. */
  denied: number
}

export const noExtras = (): Extras => ({ retries: 0, hedges: 0, denied: 0 })

/** Why a replica is passed over. */
export type EjectionReason = "failures" | "silent" | "unreachable"

/** What became of the requests that one replica got. */
export class ReplicaFigures {
  /** By `STATUS_CLASSES`; it never says "left". */
  readonly answers = new Float64Array(STATUS_CLASSES.length)
  /** Attempts without an answer. */
  failures = 0
  readonly ejections: Record<EjectionReason, number> = { failures: 0, silent: 0, unreachable: 0 }
  /** Until an answer began. */
  readonly timings = new Timings()

  answered(status: number, seconds: number): void {
    const at = classOf(status)
    this.answers[at] = (this.answers[at] ?? 0) + 1
    this.timings.note(seconds)
  }
}
