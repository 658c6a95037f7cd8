import { answerError } from "../answer.ts"
import type { Exchange, Policy, Refusal } from "../exchange.ts"
import type { Places } from "../figures/places.ts"

export interface Concurrency {
  /** Which requests it concerns: those that clients can make last are to have places of their own. */
  counts: (exchange: Exchange) => boolean
  /** Its figures, and how many requests are handed on at a time. */
  places: Places
  /** Requests that may wait for a place; the next one is refused. */
  queue: number
  /** How long they wait. */
  waitMs: number
}

const BUSY: Refusal = { status: 503, error: "The server is busy. Please try again in a moment." }
const RETRY = { "retry-after": "1" }

interface Waiter {
  exchange: Exchange
  /** Goes on, with the place or without one. */
  go: (admitted: boolean) => void
}

/**
 * Hands on so many requests at a time and lets a few wait, for a short time: with a longer queue everybody would be
 * answered late instead of most in time and some not at all.
 */
export function limitConcurrency({ counts, places, queue, waitMs }: Concurrency): Policy {
  return (next) => {
    const waiting = new Set<Waiter>()

    const occupy = (exchange: Exchange) => {
      places.running++
      let held = true
      const yieldPlace = () => {
        if (!held) return
        held = false
        places.running--
        admitNext()
      }
      exchange.yieldPlace = yieldPlace
      exchange.res.on("close", yieldPlace)
    }

    const admitNext = () => {
      const [waiter] = waiting
      if (!waiter || places.running >= places.most) return
      waiting.delete(waiter)
      places.waiting = waiting.size
      occupy(waiter.exchange)
      waiter.go(true)
    }

    const turnAway = (exchange: Exchange) => {
      places.refused++
      return answerError(exchange, BUSY, RETRY)
    }

    const waitForPlace = async (exchange: Exchange) => {
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const waiter: Waiter = { exchange, go: resolve }
      waiting.add(waiter)
      places.waiting = waiting.size
      const beganAt = performance.now()
      const leave = () => {
        if (waiting.delete(waiter)) resolve(false)
        places.waiting = waiting.size
      }
      exchange.res.once("close", leave)
      const timer = setTimeout(leave, waitMs)
      const admitted = await promise
      clearTimeout(timer)
      if (!admitted) return turnAway(exchange)
      places.waits.note((performance.now() - beganAt) / 1000)
      return next(exchange)
    }

    return (exchange) => {
      if (!counts(exchange)) return next(exchange)
      if (places.running >= places.most) {
        return waiting.size < queue ? waitForPlace(exchange) : turnAway(exchange)
      }
      occupy(exchange)
      return next(exchange)
    }
  }
}
