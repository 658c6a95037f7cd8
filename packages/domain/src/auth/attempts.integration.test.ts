import { describe, expect } from "vitest"
import type { Context } from "../context.ts"
import { TooMany } from "../errors.ts"
import { test } from "../testing/domain-test.ts"
import { beginSignIn, countNewApp, countSignUp } from "./attempts.ts"

const refused = (work: Promise<unknown>) =>
  work.then(
    () => false,
    (error) => {
      expect(error).toBeInstanceOf(TooMany)
      expect(error.retryAfterSeconds).toBeGreaterThan(0)
      return true
    },
  )

/** How many of so many tries get through. */
async function tries(count: number, attempt: (index: number) => Promise<unknown>): Promise<number> {
  const outcomes: boolean[] = []
  for (let index = 0; index < count; index++) outcomes.push(await refused(attempt(index)))
  return outcomes.filter((isRefused) => !isRefused).length
}

const guess = (ctx: Context, account: string, address: string) => beginSignIn(ctx, account, address)

describe("guesses of a password", () => {
  test("are ten from one address, and leave the member's own address alone", async ({ domain: { ctx } }) => {
    expect(await tries(15, () => guess(ctx, "alice", "203.0.113.1"))).toBe(10)
    expect(await refused(guess(ctx, "alice", "198.51.100.1"))).toBe(false)
    expect(await refused(guess(ctx, "bob", "203.0.113.1"))).toBe(false)
  })

  test("do not count when they are right", async ({ domain: { ctx } }) => {
    const rightGuess = async () => (await guess(ctx, "carol", "203.0.113.2")).succeeded()
    expect(await tries(30, rightGuess)).toBe(30)
  })

  test("of many accounts from one address come to an end", async ({ domain: { ctx } }) => {
    const through = await tries(70, (index) => guess(ctx, `somebody ${index}`, "203.0.113.3"))
    expect(through).toBeGreaterThanOrEqual(50)
    expect(through).toBeLessThan(70)
  })

  test("of one account from many addresses come to an end, and not where its member signs in from", async ({
    domain: { ctx },
  }) => {
    const home = "198.51.100.7"
    await (await guess(ctx, "dave", home)).succeeded()
    const through = await tries(120, (index) => guess(ctx, "dave", `203.0.113.${index}`))
    expect(through).toBeGreaterThanOrEqual(100)
    expect(through).toBeLessThan(120)
    expect(await refused(guess(ctx, "dave", "192.0.2.1"))).toBe(true)
    expect(await refused(guess(ctx, "dave", home))).toBe(false)
  })

  test("on this machine are bounded by the account alone", async ({ domain: { ctx } }) => {
    expect(await tries(70, (index) => guess(ctx, `local ${index}`, "127.0.0.1"))).toBe(70)
    expect(await tries(15, () => guess(ctx, "erin", "::1"))).toBe(10)
  })
})

test("sign-ups and new apps are bounded by address", async ({ domain: { ctx } }) => {
  const signUps = await tries(30, () => countSignUp(ctx, "2001:db8::1"))
  expect(signUps).toBeGreaterThanOrEqual(20)
  expect(signUps).toBeLessThan(30)
  expect(await refused(countSignUp(ctx, "2001:db8:0:1::1"))).toBe(false)
  expect(await refused(countNewApp(ctx, "2001:db8::1"))).toBe(false)
  expect(await tries(40, () => countSignUp(ctx, "127.0.0.1"))).toBe(40)
})
