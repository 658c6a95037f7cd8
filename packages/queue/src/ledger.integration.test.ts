import { expect } from "vitest"
import { AlreadyDone } from "./errors.ts"
import * as ledger from "./ledger.ts"
import { effectJob } from "./testing/jobs.ts"
import { test } from "./testing/world.ts"

test("a run that a later one has followed can neither end its job nor speak for it", async ({ world }) => {
  const { db } = world
  const key = await world.commit(effectJob, { ms: 0 })
  expect(await ledger.beginUnlessSuspect(db, key, "first")).toMatchObject({ attempts: 1 })
  const seen = await ledger.readEntry(db, key)
  if (!seen) throw new Error("the job is gone")
  expect(await ledger.beginAfter(db, key, "second", seen)).toMatchObject({ attempts: 2 })
  expect(await ledger.beginAfter(db, key, "third", seen)).toBeUndefined()
  await expect(ledger.complete(db, key, 1)).rejects.toThrow(AlreadyDone)
  expect(await ledger.reportFailure(db, key, 1, "late", 0)).toBe(false)
  expect(await ledger.bury(db, key, 1, { reason: "refused", error: "late" })).toBe(false)
  expect(await world.row(key)).toMatchObject({ attempts: 2, failures: 0, deadAt: null })
  await ledger.complete(db, key, 2)
  await expect(ledger.complete(db, key, 2)).rejects.toThrow(AlreadyDone)
})
