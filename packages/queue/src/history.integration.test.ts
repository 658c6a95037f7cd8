import { type AccountId, jobRuns } from "@tintype/db"
import { createLogger, withTrace } from "@tintype/observe"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import { createHistory, dropOldRuns, type EndedRun } from "./history.ts"
import { searchJobs } from "./search-jobs.ts"
import { searchRuns } from "./search-runs.ts"
import { ALICE, briefJob, effectJob, flakyJob, refusedJob } from "./testing/jobs.ts"
import { spawnWorker } from "./testing/spawn-worker.ts"
import { openTestQueue, startTestWorkers, test, type World } from "./testing/world.ts"

const PATIENT = { timeout: 20_000 }

const livesOf = async (world: World, jobId: string) => {
  const { items } = await searchRuns(world.db, { jobId })
  return items.reverse()
}

test("every run is told, with its times, its worker, its error and its trace", async ({ world, redis }) => {
  const job = await withTrace("request-1", () => world.commit(flakyJob, { failures: 2 }))
  const [refused, brief] = [await world.commit(refusedJob, {}), await world.commit(briefJob, { ms: 0 })]
  await world.db.execute(sql`update outbox set due_at = now() - interval '1 hour' where id = ${brief.id}`)
  startTestWorkers(world, redis)
  await openTestQueue(redis).dispatch([job, refused, brief])
  await expect.poll(async () => (await livesOf(world, job.id)).length, PATIENT).toBe(3)
  const runs = await livesOf(world, job.id)
  expect(runs.map(({ attempt, state, error }) => [attempt, state, error])).toEqual([
    [1, "failed", "Error: failure 1"],
    [2, "failed", "Error: failure 2"],
    [3, "done", null],
  ])
  for (const run of runs) {
    expect(run).toMatchObject({ name: "test.flaky", class: "feed", ownerId: ALICE, traceId: "request-1" })
    expect(run.worker).toContain(`:${process.pid}:`)
    expect(run.startedAt?.getTime()).toBeGreaterThanOrEqual(run.queuedAt.getTime())
    expect(run.finishedAt.getTime()).toBeGreaterThanOrEqual(run.startedAt?.getTime() ?? Number.NaN)
  }
  await expect.poll(() => livesOf(world, refused.id), PATIENT).toMatchObject([{ state: "dead", attempt: 1 }])
  await expect.poll(() => livesOf(world, brief.id), PATIENT).toMatchObject([{ state: "dropped" }])
})

test("a run whose process was killed is told of by the next one", async ({ world, database, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}lost` }
  const first = await spawnWorker(database.url, address)
  const job = await world.commit(effectJob, { ms: 2_500 })
  await openTestQueue(address).dispatch([job])
  await expect.poll(async () => (await world.row(job))?.attempts, PATIENT).toBe(1)
  const { items } = await searchJobs(world.db, { name: "test.effect", state: "running" })
  expect(items).toMatchObject([
    { id: job.id, attempts: 1, worker: expect.stringContaining(`:${first.pid}:`) },
  ])
  first.kill("SIGKILL")
  await spawnWorker(database.url, address)
  await expect.poll(async () => (await livesOf(world, job.id)).length, PATIENT).toBe(2)
  const [lost, done] = await livesOf(world, job.id)
  expect(lost).toMatchObject({ attempt: 1, state: "lost", worker: expect.stringContaining(`:${first.pid}:`) })
  expect(done).toMatchObject({ attempt: 2, state: "done" })
})

const DAY = 24 * 3600_000

function endedRun(changes: Partial<EndedRun>): EndedRun {
  const finishedMs = changes.finishedMs ?? Date.now()
  const times = { queuedMs: finishedMs - 20, dueMs: finishedMs - 15, startedMs: finishedMs - 10, finishedMs }
  const texts = { name: "a.job", class: "mail", worker: "w", error: null, traceId: null }
  return {
    jobId: crypto.randomUUID(),
    ownerId: ALICE,
    attempt: 1,
    state: "done",
    ...texts,
    ...times,
    ...changes,
  }
}

test("runs are found by what they are, a page at a time, each once", async ({ world }) => {
  const history = createHistory(world.db, createLogger("test", "fatal"))
  const bob = "8388608001" as AccountId
  const at = Date.now()
  for (let i = 0; i < 45; i++) history.record(endedRun({ finishedMs: at - Math.floor(i / 3), name: "paged" }))
  for (const name of ["paged", "rare"]) history.record(endedRun({ finishedMs: at, ownerId: bob, name }))
  history.record(endedRun({ finishedMs: at - DAY, name: "rare", state: "dead", error: "no", class: "push" }))
  await history.close(5_000)
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await searchRuns(world.db, { name: "paged" }, { limit: 10, ...(after && { after }) })
    seen.push(...page.items.map(({ id }) => id))
    after = page.next
  } while (after)
  expect(seen).toHaveLength(46)
  expect(new Set(seen).size).toBe(46)
  const found = async (filter: Parameters<typeof searchRuns>[1]) =>
    (await searchRuns(world.db, filter)).items.length
  expect(await found({ name: "rare" })).toBe(2)
  expect(await found({ name: "rare", state: "dead" })).toBe(1)
  expect(await found({ name: "rare", class: "push" })).toBe(1)
  expect(await found({ ownerId: bob })).toBe(2)
  expect(await found({ name: "rare", from: new Date(at - 1000) })).toBe(1)
  expect(await found({ name: "rare", to: new Date(at - 1000) })).toBe(1)
})

test("days are kept apart, also when two processes begin one, and old ones are dropped", async ({
  world,
}) => {
  const histories = [1, 2].map(() => createHistory(world.db, createLogger("test", "fatal")))
  const old = Date.now() - 40 * DAY
  for (const history of histories) {
    history.record(endedRun({ finishedMs: old, name: "old" }))
    history.record(endedRun({ finishedMs: old + DAY, name: "old" }))
  }
  await Promise.all(histories.map((history) => history.close(5_000)))
  expect((await searchRuns(world.db, { name: "old" })).items).toHaveLength(4)
  const dayOf = (ms: number) => `job_runs_${new Date(ms).toISOString().slice(0, 10).replaceAll("-", "")}`
  expect(await dropOldRuns(world.db, 30)).toEqual([dayOf(old), dayOf(old + DAY)])
  expect((await searchRuns(world.db, { name: "old" })).items).toHaveLength(0)
  expect(await world.db.$count(jobRuns)).toBeGreaterThan(0)
})

test("jobs that are not done are found, those to run first first", async ({ world }) => {
  const jobs = [await world.commit(effectJob, { ms: 1 }, 60_000), await world.commit(refusedJob, {}, 30_000)]
  await world.db.execute(
    sql`update outbox set created_at = now() - interval '1 day' where id = ${jobs[0]?.id ?? ""}`,
  )
  const ids = async (filter: Parameters<typeof searchJobs>[1], request = {}) =>
    (await searchJobs(world.db, filter, request)).items.map(({ id }) => id)
  expect(await ids({ state: "delayed" })).toEqual([jobs[1]?.id, jobs[0]?.id])
  expect(await ids({ state: "waiting", name: "test.refused" })).toEqual([])
  expect(await ids({ class: "feed", state: "delayed" })).toEqual([jobs[0]?.id])
  expect(await ids({ ownerId: ALICE, from: new Date(Date.now() - 60_000), state: "delayed" })).toEqual([
    jobs[1]?.id,
  ])
  const first = await searchJobs(world.db, { state: "delayed" }, { limit: 1 })
  const second = await searchJobs(world.db, { state: "delayed" }, { limit: 1, after: first.next ?? "" })
  expect([first.items[0]?.id, second.items[0]?.id, second.next]).toEqual([
    jobs[1]?.id,
    jobs[0]?.id,
    undefined,
  ])
})
