import { createLogger } from "@tintype/observe"
import { sql } from "drizzle-orm"
import { expect, onTestFinished } from "vitest"
import { listAudit } from "../audit.ts"
import type { Classes } from "../consumers.ts"
import { openDeadLetters } from "../dead-letters.ts"
import { createPressure } from "../pressure.ts"
import { searchRuns } from "../search-runs.ts"
import { ALICE, effectJob, foldJob, testJobs } from "../testing/jobs.ts"
import { openTestQueue, startTestWorkers, test, type World } from "../testing/world.ts"
import { createAttendance } from "./attendance.ts"
import { cancelJob } from "./cancel-job.ts"
import { changeClass } from "./class-settings.ts"

const PATIENT = { timeout: 20_000 }
const KEY = { ownerId: ALICE }

const begun = async ({ db }: World): Promise<number> => {
  const [row] = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from outbox where class = 'feed' and attempts > 0`,
  )
  return row?.n ?? 0
}

const commitAll = (world: World, count: number, ms: number) =>
  Promise.all(Array.from({ length: count }, () => world.commit(effectJob, { ms })))

test("a paused class begins nothing, its running jobs end, others go on, until it is resumed", async ({
  world,
  redis,
}) => {
  startTestWorkers(world, redis)
  const queue = openTestQueue(redis)
  const running = await world.commit(effectJob, { ms: 2_500 })
  await queue.dispatch([running])
  await expect.poll(async () => (await world.row(running))?.attempts, PATIENT).toBe(1)
  await changeClass(world.db, ALICE, "feed", { state: "paused" })
  const pausedAt = async () => (await queue.listWorkers()).flatMap(({ classes }) => classes)
  await expect
    .poll(pausedAt, PATIENT)
    .toContainEqual(expect.objectContaining({ class: "feed", paused: true }))
  const waiting = await commitAll(world, 20, 0)
  const other = await world.commit(foldJob, { subject: "other" })
  await queue.dispatch([...waiting, other])
  await expect.poll(() => world.row(other), PATIENT).toBeUndefined()
  await expect.poll(() => world.effects(running), PATIENT).toEqual([1])
  for (const job of waiting) expect((await world.row(job))?.attempts).toBe(0)
  await changeClass(world.db, ALICE, "feed", { state: "running" })
  for (const job of waiting) await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
  const { items } = await listAudit(world.db, {}, "feed")
  expect(items.map(({ action }) => action)).toEqual(["class.resume", "class.pause"])
})

test("what a class was told outlives the queue's Redis, and holds for processes that start later", async ({
  world,
  ownRedis,
}) => {
  const { address } = ownRedis
  await changeClass(world.db, ALICE, "feed", { state: "paused", concurrency: 1 })
  onTestFinished(() => changeClass(world.db, ALICE, "feed", { state: "running", concurrency: null }).then())
  startTestWorkers(world, address)
  const queue = openTestQueue(address)
  const [job, other] = [
    await world.commit(effectJob, { ms: 0 }),
    await world.commit(foldJob, { subject: "x" }),
  ]
  await queue.dispatch([job, other])
  await expect.poll(() => world.row(other), PATIENT).toBeUndefined()
  await ownRedis.stop()
  await ownRedis.start()
  startTestWorkers(world, address)
  const again = await world.commit(foldJob, { subject: "y" })
  await expect.poll(() => world.row(again), PATIENT).toBeUndefined()
  expect((await world.row(job))?.attempts).toBe(0)
  await changeClass(world.db, ALICE, "feed", { state: "running" })
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
})

test("the number of jobs at once is changed while they run", async ({ world, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}wide` }
  const seen: number[] = []
  startTestWorkers(world, address, {}, { feed: { concurrency: 1 } })
  const jobs = await commitAll(world, 5, 4_000)
  await openTestQueue(address).dispatch(jobs)
  await expect.poll(() => begun(world), PATIENT).toBe(1)
  await changeClass(world.db, ALICE, "feed", { concurrency: 4 })
  onTestFinished(() => changeClass(world.db, ALICE, "feed", { concurrency: null }).then())
  await expect
    .poll(async () => {
      const rows = await world.db.execute(sql`select from outbox where class = 'feed' and unreported > 0`)
      seen.push(rows.length)
      return Math.max(...seen)
    }, PATIENT)
    .toBe(4)
  for (const job of jobs) await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
  expect(Math.max(...seen)).toBe(4)
  await expect(changeClass(world.db, ALICE, "feed", { concurrency: 0 })).rejects.toThrow(RangeError)
})

test("a cancelled job that waits never begins; it may be sent again", async ({ world, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}cancel` }
  const dead: string[] = []
  const onDead = {
    "test.effect": async (_tx: unknown, _p: unknown, { jobId }: { jobId: string }) => void dead.push(jobId),
  }
  const options = { db: world.db, jobs: testJobs, onDead }
  const job = await world.commit(effectJob, { ms: 0 })
  expect(await cancelJob(options, ALICE, { ...KEY, id: job.id })).toBe(true)
  expect(await cancelJob(options, ALICE, { ...KEY, id: job.id })).toBe(false)
  expect(dead).toEqual([job.id])
  startTestWorkers(world, address)
  const queue = openTestQueue(address)
  const after = await world.commit(effectJob, { ms: 0 })
  await queue.dispatch([job, after])
  await expect.poll(() => world.effects(after), PATIENT).toEqual([1])
  expect(await world.effects(job)).toEqual([])
  await openDeadLetters({ db: world.db, jobs: testJobs, queue }).retry(ALICE, [{ ...KEY, id: job.id }])
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
})

test("a cancelled job that runs is aborted where it runs, and has no effect", async ({ world, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}abort` }
  startTestWorkers(world, address)
  const queue = openTestQueue(address)
  const job = await world.commit(effectJob, { ms: 19_000 })
  await queue.dispatch([job])
  const running = async () => (await queue.listWorkers()).flatMap(({ jobs }) => jobs.map(({ id }) => id))
  await expect.poll(running, PATIENT).toEqual([job.id])
  expect(await cancelJob({ db: world.db, jobs: testJobs, onDead: {} }, ALICE, { ...KEY, id: job.id })).toBe(
    true,
  )
  await expect.poll(running, { timeout: 8_000 }).toEqual([])
  await expect
    .poll(async () => (await searchRuns(world.db, { jobId: job.id })).items, PATIENT)
    .toMatchObject([{ state: "cancelled", attempt: 1 }])
  expect(await world.effects(job)).toEqual([])
  expect(await world.row(job)).toMatchObject({ deadReason: "cancelled" })
  const { items } = await listAudit(world.db, {}, job.id)
  expect(items).toMatchObject([{ action: "job.cancel", detail: { name: "test.effect", running: true } }])
})

test("every worker tells what it is and does, and is missed when it is gone", async ({ world, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}list` }
  const queue = openTestQueue(address)
  const first = startTestWorkers(world, address, {}, { feed: { concurrency: 3 } })
  startTestWorkers(world, address, {}, { media: { concurrency: 1 } })
  const job = await world.commit(effectJob, { ms: 4_000 })
  await queue.dispatch([job])
  await expect
    .poll(async () => (await queue.listWorkers()).flatMap(({ jobs }) => jobs).length, PATIENT)
    .toBe(1)
  const workers = await queue.listWorkers()
  expect(workers).toHaveLength(2)
  expect(workers).toContainEqual(
    expect.objectContaining({
      pid: process.pid,
      classes: [{ class: "feed", concurrency: 3, paused: false }],
      running: { feed: 1 },
      jobs: [expect.objectContaining({ id: job.id, name: "test.effect", attempt: 1, ownerId: ALICE })],
    }),
  )
  await first.close(500)
  expect(await queue.listWorkers()).toHaveLength(1)
})

test("a class whose jobs wait and on which nobody works is warned of once, by one process", async ({
  world,
  redis,
}) => {
  const address = { ...redis, prefix: `${redis.prefix}alone` }
  const warned: unknown[] = []
  const log = Object.assign(createLogger("test", "silent"), { warn: (line: unknown) => warned.push(line) })
  const queue = openTestQueue(address)
  const classes: Classes = { feed: { concurrency: 1 } }
  for (let i = 0; i < 2; i++) startTestWorkers(world, address, {}, classes)
  await expect.poll(async () => (await queue.listWorkers()).length, PATIENT).toBe(2)
  const looks = (await queue.listWorkers()).map(({ name }) =>
    createAttendance({ db: world.db, worker: name, listWorkers: queue.listWorkers, log }),
  )
  const job = await world.commit(foldJob, { subject: "nobody" })
  const lookTwice = async () => {
    for (const { look } of [...looks, ...looks]) await look()
  }
  await lookTwice()
  expect(warned).toEqual([])
  await world.db.execute(sql`update outbox set due_at = now() - interval '1 minute' where id = ${job.id}`)
  await lookTwice()
  await lookTwice()
  expect(warned).toEqual([{ jobClass: "notify" }])
})

test("a class that is drained takes no new work and does what is there", async ({ world, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}drain` }
  const ask = () =>
    createPressure({ db: world.db, bounds: {}, log: createLogger("test", "silent") }).retryAfter("feed")
  expect(await ask()).toBeUndefined()
  const job = await world.commit(effectJob, { ms: 0 })
  await changeClass(world.db, ALICE, "feed", { state: "draining" })
  onTestFinished(() => changeClass(world.db, ALICE, "feed", { state: "running" }).then())
  expect(await ask()).toBeGreaterThan(0)
  startTestWorkers(world, address)
  await openTestQueue(address).dispatch([job])
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
})
