import { outbox } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { expect } from "vitest"
import { enqueue } from "./enqueue.ts"
import { ALICE, foldJob, serialJob, throttledJob } from "./testing/jobs.ts"
import { spawnWorker } from "./testing/spawn-worker.ts"
import { openTestQueue, startTestWorkers, test, type World } from "./testing/world.ts"

const PATIENT = { timeout: 20_000 }

/** Notes something about a subject and wants it folded, in one transaction. */
const note = (world: World, subject: string, linger?: Promise<unknown>) =>
  world.db.transaction(async (tx) => {
    await tx.execute(sql`insert into notes values (${subject})`)
    const job = await enqueue(tx, foldJob, ALICE, { subject })
    await linger
    return job
  })

async function sums(world: World, subject: string): Promise<number[]> {
  const rows = await world.db.execute<{ taken: number }>(
    sql`select taken from sums where subject = ${subject}`,
  )
  return rows.map(({ taken }) => taken)
}

const total = (taken: readonly number[]) => taken.reduce((sum, each) => sum + each, 0)

const rowsOf = (world: World, name: string) =>
  world.db.$count(outbox, and(eq(outbox.ownerId, ALICE), eq(outbox.name, name)))

test("calls join the job that waits, and it sees what all of them wrote", async ({ world, redis }) => {
  const jobs = []
  for (let i = 0; i < 10; i++) jobs.push(await note(world, "calm"))
  expect(new Set(jobs.map(({ id }) => id)).size).toBe(1)
  expect(jobs.map(({ joined = false }) => joined)).toEqual([false, ...Array(9).fill(true)])
  expect(await rowsOf(world, "test.fold")).toBe(1)
  startTestWorkers(world, redis)
  await openTestQueue(redis).dispatch(jobs)
  await expect.poll(() => sums(world, "calm"), PATIENT).toEqual([10])
})

test("a job that has begun waits for the transactions that joined it, and others find a new one", async ({
  world,
  redis,
}) => {
  const first = await note(world, "slow")
  const commit = Promise.withResolvers<void>()
  const joining = note(world, "slow", commit.promise)
  const isHeld = async () => {
    const free = await world.db.execute(
      sql`select 1 from outbox where id = ${first.id} for update skip locked`,
    )
    return free.length === 0
  }
  await expect.poll(isHeld, PATIENT).toBe(true)
  startTestWorkers(world, redis)
  await openTestQueue(redis).dispatch([first])
  await expect.poll(async () => (await world.row(first))?.attempts, PATIENT).toBe(1)
  const later = await note(world, "slow")
  expect(later.id).not.toBe(first.id)
  expect(await sums(world, "slow")).toEqual([])
  commit.resolve()
  expect(await joining).toMatchObject({ id: first.id, joined: true })
  await openTestQueue(redis).dispatch([later])
  await expect.poll(() => world.row(later), PATIENT).toBeUndefined()
  const taken = await sums(world, "slow")
  expect(taken[0]).toBeGreaterThanOrEqual(2)
  expect(total(taken)).toBe(3)
})

test("nothing is lost and little is run when many race with workers, one of which is killed", async ({
  world,
  database,
  redis,
}) => {
  const address = { ...redis, prefix: `${redis.prefix}race` }
  const doomed = await spawnWorker(database.url, address)
  await spawnWorker(database.url, address)
  const queue = openTestQueue(address)
  let mostRows = 0
  const caller = async (calls: number) => {
    for (let i = 0; i < calls; i++) {
      await queue.dispatch([await note(world, "race")])
      mostRows = Math.max(mostRows, await rowsOf(world, "test.fold"))
    }
  }
  const calling = Promise.all(Array.from({ length: 8 }, () => caller(40)))
  await expect.poll(async () => total(await sums(world, "race")), PATIENT).toBeGreaterThan(0)
  doomed.kill("SIGKILL")
  await calling
  await expect.poll(() => rowsOf(world, "test.fold"), PATIENT).toBe(0)
  const taken = await sums(world, "race")
  expect(total(taken)).toBe(320)
  expect(taken.length).toBeLessThan(160)
  expect(mostRows).toBeLessThanOrEqual(2)
})

test("of jobs with one key one runs at a time, over two processes", async ({ world, database, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}serial` }
  await spawnWorker(database.url, address)
  startTestWorkers(world, address)
  const jobs = []
  for (let i = 0; i < 6; i++) jobs.push(await world.commit(serialJob, { ms: 60 }))
  expect(new Set(jobs.map(({ id }) => id)).size).toBe(6)
  await openTestQueue(address).dispatch(jobs)
  await expect.poll(() => rowsOf(world, "test.serial"), PATIENT).toBe(0)
  const overlaps = await world.db.execute(sql`
    select 1 from effects a join effects b on a.job_id < b.job_id and a.began < b.ended and b.began < a.ended
    where a.ms = 60 and b.ms = 60`)
  expect(overlaps).toHaveLength(0)
  for (const job of jobs) expect(await world.effects(job)).toHaveLength(1)
})

test("a throttled job waits for others to join it", async ({ world, redis }) => {
  const first = await world.commit(throttledJob, { ms: 1 })
  const second = await world.commit(throttledJob, { ms: 2 })
  expect(first.delayMs).toBe(700)
  expect(second).toMatchObject({ id: first.id, joined: true })
  startTestWorkers(world, redis)
  await openTestQueue(redis).dispatch([first, second])
  await expect.poll(() => world.effects(first), PATIENT).toEqual([1])
})

test("a call whose transaction is rolled back leaves the job it joined alone", async ({ world, redis }) => {
  const job = await note(world, "undone")
  const failing = world.db.transaction(async (tx) => {
    await enqueue(tx, foldJob, ALICE, { subject: "undone" })
    throw new Error("rolled back")
  })
  await expect(failing).rejects.toThrow("rolled back")
  startTestWorkers(world, redis)
  await openTestQueue(redis).dispatch([job])
  await expect.poll(() => sums(world, "undone"), PATIENT).toEqual([1])
})
