import { answerError } from "../answer.ts"
import type { Exchange, Policy, Refusal } from "../exchange.ts"

export interface Concurrency {
  /** Which requests it concerns: those that clients can make last are to have places of their own. */
  counts: (exchange: Exchange) => boolean
  /** Requests handed on at a time. */
  most: number
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
export function limitConcurrency({ counts, most, queue, waitMs }: Concurrency): Policy {
  return (next) => {
    const waiting = new Set<Waiter>()
    let running = 0

    const occupy = (exchange: Exchange) => {
      running++
      let held = true
      exchange.yieldPlace = () => {
        if (!held) return
        held = false
        running--
        admitNext()
      }
      exchange.res.on("close", exchange.yieldPlace)
    }

    const admitNext = () => {
      const [waiter] = waiting
      if (!waiter || running >= most) return
      waiting.delete(waiter)
      occupy(waiter.exchange)
      waiter.go(true)
    }

    const waitForPlace = async (exchange: Exchange) => {
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const waiter: Waiter = { exchange, go: resolve }
      waiting.add(waiter)
      const leave = () => {
        if (waiting.delete(waiter)) resolve(false)
      }
      exchange.res.once("close", leave)
      const timer = setTimeout(leave, waitMs)
      const admitted = await promise
      clearTimeout(timer)
      return admitted ? next(exchange) : answerError(exchange, BUSY, RETRY)
    }

    return (exchange) => {
      if (!counts(exchange)) return next(exchange)
      if (running >= most) {
        return waiting.size < queue ? waitForPlace(exchange) : answerError(exchange, BUSY, RETRY)
      }
      occupy(exchange)
      return next(exchange)
    }
  }
}
