import { expect } from "vitest"
import { defineJob } from "./define-job.ts"
import { startWorkers } from "./start-workers.ts"
import { effectJob, endlessJob } from "./testing/jobs.ts"
import { openTestQueue, startTestWorkers, test } from "./testing/world.ts"

const PATIENT = { timeout: 10_000 }

test("a process that closes ends its running jobs and takes no more", async ({ world, redis }) => {
  const workers = startTestWorkers(world, redis)
  const queue = openTestQueue(redis)
  const running = await world.commit(effectJob, { ms: 2_500 })
  await queue.dispatch([running])
  await expect.poll(async () => (await world.row(running))?.attempts, PATIENT).toBe(1)
  await workers.close(15_000)
  expect(await world.effects(running)).toEqual([1])
  const next = await world.commit(effectJob, { ms: 0 })
  await queue.dispatch([next])
  expect(await queue.countWorkers()).toBe(0)
  expect(await world.row(next)).toMatchObject({ attempts: 0 })
  startTestWorkers(world, redis)
  await expect.poll(() => world.effects(next), PATIENT).toEqual([1])
})

test("a job that does not end in time is given back, and its stop is not held against it", async ({
  world,
  redis,
}) => {
  const workers = startTestWorkers(world, redis)
  const job = await world.commit(effectJob, { ms: 2_500 })
  await openTestQueue(redis).dispatch([job])
  await expect.poll(async () => (await world.row(job))?.attempts, PATIENT).toBe(1)
  await workers.close(1_000)
  expect(await world.row(job)).toMatchObject({ attempts: 1, failures: 0, unreported: 0 })
  startTestWorkers(world, redis)
  await expect.poll(() => world.effects(job), PATIENT).toEqual([2])
})

test("worker processes are counted while they are there", async ({ world, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}count` }
  const queue = openTestQueue(address)
  expect(await queue.countWorkers()).toBe(0)
  startTestWorkers(world, address)
  const second = startTestWorkers(world, address)
  await expect.poll(() => queue.countWorkers(), PATIENT).toBe(2)
  await second.close(1_000)
  expect(await queue.countWorkers()).toBe(1)
})

test("two jobs of one name are refused", ({ world, redis }) => {
  const twin = defineJob({ ...endlessJob, name: "test.effect" })
  expect(() =>
    startWorkers({
      redisUrl: redis.queueUrl,
      db: world.db,
      jobs: [effectJob, twin],
      handlers: { "test.effect": async () => undefined },
      classes: {},
      // It must not come so far that it logs or connects.
      log: Object.create(null),
    }),
  ).toThrow("test.effect")
})
