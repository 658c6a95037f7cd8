import { sql } from "drizzle-orm"
import { expect } from "vitest"
import type { QueuedJob } from "./enqueue.ts"
import {
  ALICE,
  briefJob,
  debouncedJob,
  effectJob,
  firstJob,
  lastJob,
  lateJob,
  ratedJob,
} from "./testing/jobs.ts"
import { openTestQueue, startTestWorkers, test, type World } from "./testing/world.ts"

const PATIENT = { timeout: 10_000 }

const idsOf = (jobs: readonly QueuedJob[]) =>
  sql.join(
    jobs.map(({ id }) => sql`${id}::uuid`),
    sql`, `,
  )

const grow = (world: World, { id }: QueuedJob) =>
  world.db.execute(sql`update outbox set due_at = now() - interval '1 minute' where id = ${id}`)

test("a job that begins too late is dropped, or becomes a dead letter, as it says", async ({
  world,
  redis,
}) => {
  const brief = await world.commit(briefJob, { ms: 0 })
  const late = await world.commit(lateJob, { ms: 0 })
  const inTime = await world.commit(briefJob, { ms: 0 })
  await grow(world, brief)
  await grow(world, late)
  startTestWorkers(world, redis)
  await openTestQueue(redis).dispatch([brief, late, inTime])
  await expect
    .poll(() => world.row(late), PATIENT)
    .toMatchObject({ deadReason: "late", lastError: "not started within 30 s" })
  await expect.poll(() => world.row(brief), PATIENT).toBeUndefined()
  await expect.poll(() => world.effects(inTime), PATIENT).toEqual([1])
  expect([await world.effects(brief), await world.effects(late)]).toEqual([[], []])
})

test("a job waits as long as it was told to, even if the queue hands it over at once", async ({
  world,
  redis,
}) => {
  startTestWorkers(world, redis)
  const job = await world.commit(effectJob, { ms: 0 }, 1_500)
  const due = (await world.row(job))?.dueAt
  await openTestQueue(redis).dispatch([{ ...job, delayMs: 0 }])
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
  const [row] = await world.db.execute<{ began: string }>(
    sql`select began from effects where job_id = ${job.id}`,
  )
  expect(Date.parse(row?.began ?? "")).toBeGreaterThanOrEqual((due?.getTime() ?? Number.NaN) - 50)
})

test("within a class the jobs that go first do", async ({ world, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}rank` }
  const jobs = []
  for (const job of [lastJob, lastJob, lastJob, firstJob]) jobs.push(await world.commit(job, { ms: 0 }))
  await openTestQueue(address).dispatch(jobs)
  startTestWorkers(world, address, {}, { mail: { concurrency: 1 } })
  for (const job of jobs) await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
  const [first] = await world.db.execute<{ id: string }>(
    sql`select job_id as id from effects where job_id in (${idsOf(jobs)}) order by began limit 1`,
  )
  expect(first?.id).toBe(jobs[3]?.id)
})

test("jobs with a rate run all of them, spaced", async ({ world, redis }) => {
  startTestWorkers(world, redis)
  const jobs = await Promise.all(Array.from({ length: 12 }, () => world.commit(ratedJob, { ms: 0 })))
  await openTestQueue(redis).dispatch(jobs)
  for (const job of jobs) await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
  const [row] = await world.db.execute<{ ms: number }>(sql`
    select extract(epoch from max(began) - min(began))::float8 * 1000 as ms from effects
    where job_id in (${idsOf(jobs)})`)
  expect(row?.ms).toBeGreaterThan(900)
})

test("a job put off again and again runs once, with the last payload", async ({ world, redis }) => {
  startTestWorkers(world, redis)
  const queue = openTestQueue(redis)
  const calls = []
  for (let ms = 1; ms <= 5; ms++) {
    const job = await world.commit(debouncedJob, { ms })
    await queue.dispatch([job])
    calls.push(job)
  }
  const [job] = calls
  if (!job) throw new Error("no job")
  expect(new Set(calls.map(({ id }) => id)).size).toBe(1)
  await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
  const rows = await world.db.execute<{ ms: number }>(sql`select ms from effects where job_id = ${job.id}`)
  expect(rows.map(({ ms }) => ms)).toEqual([5])
})

test("no call puts a job off for ever", async ({ world }) => {
  const job = await world.commit(debouncedJob, { ms: 0 })
  await world.db.execute(sql`update outbox set created_at = now() - interval '1900 ms' where id = ${job.id}`)
  const again = await world.commit(debouncedJob, { ms: 1 })
  expect(again).toMatchObject({ id: job.id, joined: true })
  const row = await world.row(job)
  expect((row?.dueAt.getTime() ?? 0) - (row?.createdAt.getTime() ?? 0)).toBe(2_000)
  await world.db.execute(
    sql`delete from outbox where owner_id = ${ALICE}::bigint and name = 'test.debounced'`,
  )
})
