import { expect, test } from "vitest"
import { Breaker } from "./breaker.ts"

function fail(breaker: Breaker, times: number, at: number): void {
  for (let n = 0; n < times; n++) if (breaker.failed(at)) breaker.trip(at)
}

test("five failures in a row open it, four and an answer do not", () => {
  const breaker = new Breaker()
  fail(breaker, 4, 0)
  breaker.succeeded(0)
  fail(breaker, 4, 0)
  expect(breaker.isOpen(1)).toBe(false)

  fail(breaker, 1, 0)

  expect(breaker.isOpen(1)).toBe(true)
  expect(breaker.admits(999, 0)).toBe(false)
})

test("after its pause one request at a time is a trial, and an answer closes it", () => {
  const breaker = new Breaker()
  fail(breaker, 5, 0)

  expect([breaker.admits(1_000, 0), breaker.admits(1_000, 1)]).toEqual([true, false])
  breaker.succeeded(1_001)

  expect(breaker.admits(1_002, 9)).toBe(true)
})

test("a failed trial opens it for twice as long, up to half a minute", () => {
  const breaker = new Breaker()
  fail(breaker, 5, 0)
  let at = 1_000
  for (const pause of [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    fail(breaker, 1, at)
    expect([breaker.isOpen(at + pause - 1), breaker.isOpen(at + pause)]).toEqual([true, false])
    at += pause
  }
})

test("a relapse counts from the beginning once it has gone well for as long as the pause was", () => {
  const breaker = new Breaker()
  fail(breaker, 5, 0)
  fail(breaker, 1, 1_000)
  breaker.succeeded(3_000)
  breaker.succeeded(5_000)

  fail(breaker, 5, 5_001)

  expect(breaker.isOpen(6_000)).toBe(true)
  expect(breaker.isOpen(6_001)).toBe(false)
})
