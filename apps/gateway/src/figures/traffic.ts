import { Timings } from "@tintype/observe"
import type { Conclusion, Exchange, Trail } from "../exchange.ts"

/** What an answer can be, by its first digit; the last for a client that left before its answer was whole. */
export const STATUS_CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx", "left"] as const

const LEFT = STATUS_CLASSES.indexOf("left")
/** Sentences that are written in the code; whatever else may come is told as one. */
const MOST_REFUSALS = 64

/** The place of a status in `STATUS_CLASSES`. */
export const classOf = (status: number): number => Math.min(5, Math.max(1, Math.trunc(status / 100))) - 1

/** The requests of one route: those whose paths begin alike. */
export class RouteFigures {
  /** By `STATUS_CLASSES`. */
  readonly answers = new Float64Array(STATUS_CLASSES.length)
  readonly timings = new Timings()
}

/** What has gone through the gateway since it began. */
export class Traffic {
  readonly routes = new Map<string, RouteFigures>()
  /** Answers from the cache, or past it, by how. */
  readonly cache = new Map<string, number>()
  /** Requests that the gateway itself refused, by the sentence that the client was told. */
  readonly refusals = new Map<string, number>()
  inFlight = 0
  bytesIn = 0
  bytesOut = 0

  begin(): void {
    this.inFlight++
  }

  readonly end = ({ trail }: Exchange, { status, left, seconds, bytesOut }: Conclusion): void => {
    this.inFlight--
    this.bytesIn += trail.bytesIn
    this.bytesOut += bytesOut
    const route = this.#routeOf(trail)
    const at = left ? LEFT : classOf(status)
    route.answers[at] = (route.answers[at] ?? 0) + 1
    if (status !== 101) route.timings.note(seconds)
    if (trail.cache) this.cache.set(trail.cache, (this.cache.get(trail.cache) ?? 0) + 1)
    if (trail.refusal) this.refuse(trail.refusal)
  }

  #routeOf({ route }: Trail): RouteFigures {
    const known = this.routes.get(route)
    if (known) return known
    const figures = new RouteFigures()
    this.routes.set(route, figures)
    return figures
  }

  /** Counts a refusal by its sentence; beyond so many different ones, as another. */
  refuse(sentence: string): void {
    const known = this.refusals.has(sentence) || this.refusals.size < MOST_REFUSALS
    const reason = known ? sentence : "another"
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1)
  }
}
