import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { perform, Released } from "./perform.ts"

const open = new AbortController().signal

test("work that ends in time ends the run", async () => {
  await expect(perform(async () => undefined, { deadlineMs: 1_000, closing: open })).resolves.toBeUndefined()
})

test("work that fails fails the run with its own error", async () => {
  const failing = () => {
    throw new Error("broken")
  }
  await expect(perform(failing, { deadlineMs: 1_000, closing: open })).rejects.toThrow("broken")
})

test("work past its deadline is aborted, and the run names the deadline", async () => {
  const work = (signal: AbortSignal) => sleep(60_000, undefined, { signal })
  await expect(perform(work, { deadlineMs: 20, closing: open })).rejects.toThrow("not done within 0.02 s")
})

test("work that still succeeds after its signal was aborted has succeeded", async () => {
  await expect(perform(() => sleep(60), { deadlineMs: 20, closing: open })).resolves.toBeUndefined()
})

test("work that does not heed its signal is told of, and left to itself", async () => {
  let strays = 0
  const work = new Promise<void>(() => undefined)
  const run = perform(() => work, { deadlineMs: 20, closing: open, onStray: () => strays++ })
  await expect(run).rejects.toThrow("not done within 0.02 s")
  expect(strays).toBe(1)
})

test("work is released when the process ends", async () => {
  const closing = new AbortController()
  const work = (signal: AbortSignal) => sleep(60_000, undefined, { signal })
  const run = perform(work, { deadlineMs: 60_000, closing: closing.signal })
  closing.abort()
  await expect(run).rejects.toThrow(Released)
})

test("work does not begin in a process that is ending", async () => {
  let begun = false
  const work = async () => {
    begun = true
  }
  await expect(perform(work, { deadlineMs: 1_000, closing: AbortSignal.abort() })).rejects.toThrow(Released)
  expect(begun).toBe(false)
})
