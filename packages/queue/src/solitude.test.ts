import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { createSolitude } from "./solitude.ts"

/** Notes how many pieces of work run while each one does. */
function createWork() {
  let running = 0
  const seen: Record<string, number> = {}
  const work = (name: string, ms: number) => async () => {
    running++
    seen[name] = running
    await sleep(ms)
    seen[name] = Math.max(seen[name] ?? 0, running)
    running--
  }
  return { work, seen }
}

test("pieces of work run side by side", async () => {
  const { beside } = createSolitude()
  const { work, seen } = createWork()
  await Promise.all([beside(work("a", 10)), beside(work("b", 10))])
  expect(seen).toEqual({ a: 2, b: 2 })
})

test("suspect work runs alone, between what ran before and what comes after", async () => {
  const { beside, alone } = createSolitude()
  const { work, seen } = createWork()
  const order: string[] = []
  const note = (name: string, done: Promise<void>) => done.then(() => void order.push(name))
  await Promise.all([
    note("before", beside(work("before", 30))),
    note("suspect", alone(work("suspect", 20))),
    note("other suspect", alone(work("other suspect", 20))),
    sleep(5).then(() => note("after", beside(work("after", 5)))),
  ])
  expect(seen).toEqual({ before: 1, suspect: 1, "other suspect": 1, after: 1 })
  expect(order).toEqual(["before", "suspect", "after", "other suspect"])
})

test("neither side waits for ever", async () => {
  const { beside, alone } = createSolitude(20)
  const [end, begun] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const slow = beside(() => end.promise)
  const suspect = alone(() => {
    begun.resolve()
    return end.promise
  })
  await expect(begun.promise).resolves.toBeUndefined()
  await expect(beside(async () => "beside the suspect")).resolves.toBe("beside the suspect")
  end.resolve()
  await Promise.all([slow, suspect])
})

test("work that fails opens the gate again", async () => {
  const { beside, alone } = createSolitude()
  const failing = alone(async () => {
    throw new Error("no")
  })
  await expect(failing).rejects.toThrow("no")
  await expect(beside(async () => "yes")).resolves.toBe("yes")
  await expect(alone(async () => "alone")).resolves.toBe("alone")
})
