import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { perform, Released } from "./perform.ts"

const open = new AbortController().signal

test("work that ends in time ends the run", async () => {
  await expect(perform(async () => undefined, 1_000, open)).resolves.toBeUndefined()
})

test("work that fails fails the run with its own error", async () => {
  const failing = () => {
    throw new Error("broken")
  }
  await expect(perform(failing, 1_000, open)).rejects.toThrow("broken")
})

test("work past its deadline is aborted, and the run names the deadline", async () => {
  const work = (signal: AbortSignal) => sleep(60_000, undefined, { signal })
  await expect(perform(work, 20, open)).rejects.toThrow("not done within 0.02 s")
})

test("work that still succeeds after its signal was aborted has succeeded", async () => {
  await expect(perform(() => sleep(60), 20, open)).resolves.toBeUndefined()
})

test("work is released when the process ends", async () => {
  const closing = new AbortController()
  const work = (signal: AbortSignal) => sleep(60_000, undefined, { signal })
  const run = perform(work, 60_000, closing.signal)
  closing.abort()
  await expect(run).rejects.toThrow(Released)
})

test("work does not begin in a process that is ending", async () => {
  let begun = false
  const work = async () => {
    begun = true
  }
  await expect(perform(work, 1_000, AbortSignal.abort())).rejects.toThrow(Released)
  expect(begun).toBe(false)
})
