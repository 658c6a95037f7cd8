import { createLogger } from "@tintype/observe"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import { createHistory, type EndedRun } from "../history.ts"
import { ALICE, effectJob, foldJob } from "../testing/jobs.ts"
import { test } from "../testing/world.ts"
import { readClassDepths } from "./class-depths.ts"
import { forgetMinutes, measureMinutes, readMinutes } from "./minutes.ts"

const MINUTE = 60_000

function aRun(finishedMs: number, waitMs: number, runMs: number, state: EndedRun["state"]): EndedRun {
  const startedMs = finishedMs - runMs
  const times = { queuedMs: startedMs - 3_600_000, dueMs: startedMs - waitMs, startedMs, finishedMs }
  const nothing = { worker: null, error: null, traceId: null }
  return {
    jobId: crypto.randomUUID(),
    ownerId: ALICE,
    name: "a",
    class: "mail",
    attempt: 1,
    state,
    ...times,
    ...nothing,
  }
}

test("each minute tells how many runs ended, and how long they waited and took", async ({ world }) => {
  const history = createHistory(world.db, createLogger("test", "silent"))
  const at = (Math.floor(Date.now() / MINUTE) - 5) * MINUTE
  for (let i = 1; i <= 100; i++) history.record(aRun(at + 1_000, i, 10 * i, i > 97 ? "failed" : "done"))
  history.record(aRun(at + MINUTE + 1, 7, 1, "done"))
  await history.close(5_000)
  expect(await measureMinutes(world.db)).toBe(true)
  const [first, second] = await readMinutes(world.db, { class: "mail", hours: 1, step: 1 })
  expect(first).toMatchObject({ class: "mail", at: new Date(at), runs: 100, failed: 3 })
  expect(first?.waitMs.map(Math.round)).toEqual([51, 95, 99])
  expect(first?.runMs.map(Math.round)).toEqual([505, 951, 990])
  expect(second).toMatchObject({ at: new Date(at + MINUTE), runs: 1, failed: 0 })
  expect(await measureMinutes(world.db)).toBe(false)
  const wide = await readMinutes(world.db, { hours: 1, step: 60 })
  expect(wide.reduce((sum, { runs }) => sum + runs, 0)).toBe(101)
  expect(await readMinutes(world.db, { class: "feed", hours: 1, step: 1 })).toEqual([])
})

test("what is told late of a minute is counted at the next look, and old minutes are forgotten", async ({
  world,
}) => {
  const before = await readMinutes(world.db, { class: "mail", hours: 1, step: 60 })
  await world.db.execute(sql`update job_minutes set measured_at = now() - interval '1 minute'`)
  const history = createHistory(world.db, createLogger("test", "silent"))
  history.record(aRun(Date.now(), 1, 1, "done"))
  await history.close(5_000)
  expect(await measureMinutes(world.db)).toBe(true)
  const after = await readMinutes(world.db, { class: "mail", hours: 1, step: 60 })
  const count = (all: readonly { runs: number }[]) => all.reduce((sum, { runs }) => sum + runs, 0)
  expect(count(after)).toBe(count(before) + 1)
  await world.db.execute(sql`update job_minutes set at = at - interval '15 days'`)
  expect(await forgetMinutes(world.db, 14)).toBe(3)
})

test("what waits, is to come and was given up is counted class by class", async ({ world }) => {
  const [old] = [await world.commit(effectJob, { ms: 0 }), await world.commit(effectJob, { ms: 0 })]
  await world.commit(effectJob, { ms: 0 }, 60_000)
  const dead = await world.commit(foldJob, { subject: "dead" })
  await world.db.execute(sql`update outbox set due_at = now() - interval '90 seconds' where id = ${old.id}`)
  await world.db.execute(sql`update outbox set dead_at = now() where id = ${dead.id}`)
  const depths = await readClassDepths(world.db)
  expect(depths).toHaveLength(7)
  const feed = depths.find((each) => each.class === "feed")
  expect(feed).toMatchObject({ waiting: 2, delayed: 1, dead: 0 })
  expect(feed?.oldestSeconds).toBeGreaterThan(89)
  expect(depths).toContainEqual({ class: "notify", waiting: 0, delayed: 0, dead: 1, oldestSeconds: null })
})
