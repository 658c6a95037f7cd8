import { describe, expect, test } from "vitest"
import { createLedger } from "./ledger.ts"

/** A ledger by a clock of its own, and how often it asked. */
function open(read: () => Promise<readonly string[] | null>) {
  const clock = { now: 0 }
  const asked = { times: 0 }
  const counted = () => {
    asked.times += 1
    return read()
  }
  return { clock, asked, ledger: createLedger(counted, () => clock.now) }
}

describe("what is known of writes that Redis misses", () => {
  test("is asked for once by all who come together, and again when half its time is over", async () => {
    let owed = ["a"]
    const { ledger, clock, asked } = open(async () => owed)
    const together = await Promise.all([ledger.owed(), ledger.owed()])
    expect(together).toEqual([new Set(["a"]), new Set(["a"])])
    owed = ["b"]
    clock.now = 240
    expect(await ledger.owed()).toEqual(new Set(["a"]))
    expect(asked.times).toBe(1)
    clock.now = 260
    expect(await ledger.owed()).toEqual(new Set(["a"]))
    await expect.poll(() => ledger.owed()).toEqual(new Set(["b"]))
    expect(asked.times).toBe(2)
  })

  test("counts from when it was asked for, for less than a writer waits", async () => {
    const { clock, ledger } = open(async () => {
      clock.now += 600
      return []
    })
    expect(await ledger.owed()).toBeUndefined()
    expect(ledger.waitMs).toBeGreaterThan(500)
  })

  test("is nothing while the database does not answer, or names too many", async () => {
    const answers = [async () => Promise.reject(new Error("away")), async () => null, async () => []]
    const { ledger, clock } = open(() => answers.shift()?.() ?? Promise.resolve([]))
    expect(await ledger.owed()).toBeUndefined()
    expect(await ledger.owed()).toBeUndefined()
    clock.now = 1000
    expect(await ledger.owed()).toEqual(new Set())
  })
})
