import { sql } from "drizzle-orm"
import { Redis } from "ioredis"
import { expect, onTestFinished } from "vitest"
import type { QueuedJob } from "./enqueue.ts"
import { briefJob, effectJob, ratedJob, refusedJob } from "./testing/jobs.ts"
import { openTestQueue, startTestWorkers, test, type World } from "./testing/world.ts"

const PATIENT = { timeout: 15_000 }

const many = <T>(count: number, make: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, make))

async function countEffects(world: World, jobs: readonly QueuedJob[]): Promise<number> {
  const ids = jobs.map(({ id }) => id)
  const [row] = await world.db.execute<{ effects: number }>(
    sql`select count(*)::int as effects from effects where job_id = any(${sql.param(`{${ids}}`)}::uuid[])`,
  )
  return row?.effects ?? Number.NaN
}

test("a class that has no place free, and hundreds waiting, lets jobs of another one run at once", async ({
  world,
  redis,
}) => {
  const address = { ...redis, prefix: `${redis.prefix}full` }
  const slow = await many(300, () => world.commit(effectJob, { ms: 15_000 }))
  const quick = await many(5, () => world.commit(briefJob, { ms: 0 }))
  await openTestQueue(address).dispatch([...slow, ...quick])
  startTestWorkers(world, address, {}, { feed: { concurrency: 1 }, notify: { concurrency: 1 } })
  for (const job of quick) await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
  expect(await countEffects(world, slow)).toBe(0)
})

test("jobs whose rate is used up hold up no other job of their class, though they were there first", async ({
  world,
  redis,
}) => {
  const address = { ...redis, prefix: `${redis.prefix}rated` }
  // Twenty seconds of them.
  const rated = await many(200, () => world.commit(ratedJob, { ms: 0 }))
  const others = await many(5, () => world.commit(briefJob, { ms: 0 }))
  const queue = openTestQueue(address)
  await queue.dispatch(rated)
  startTestWorkers(world, address, {}, { notify: { concurrency: 2 } })
  await expect.poll(() => countEffects(world, rated), PATIENT).toBeGreaterThan(10)
  await queue.dispatch(others)
  for (const job of others) await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
  expect(await countEffects(world, rated)).toBeLessThan(rated.length)
})

test("Redis keeps nothing of jobs that are over, done or given up", async ({ world, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}over` }
  startTestWorkers(world, address)
  const done = await many(60, () => world.commit(effectJob, { ms: 0 }))
  const refused = await many(10, () => world.commit(refusedJob, {}))
  await openTestQueue(address).dispatch([...done, ...refused])
  await expect.poll(() => countEffects(world, done), PATIENT).toBe(60)
  for (const job of refused)
    await expect.poll(async () => (await world.row(job))?.deadReason, PATIENT).toBe("refused")
  const client = new Redis(redis.queueUrl)
  onTestFinished(() => client.disconnect())
  const ids = [...done, ...refused].map(({ id }) => id)
  const left = async () => {
    const keys = await client.keys(`*${address.prefix}*`)
    return keys.filter((key) => /:(completed|failed)$/.test(key) || ids.some((id) => key.includes(id)))
  }
  await expect.poll(left, PATIENT).toEqual([])
})
