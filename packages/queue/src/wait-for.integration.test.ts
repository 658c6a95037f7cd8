import { expect } from "vitest"
import { effectJob, refusedJob } from "./testing/jobs.ts"
import { openTestQueue, startTestWorkers, test } from "./testing/world.ts"

test("waiting ends when the worker tells that the job is done, without another look", async ({
  world,
  redis,
}) => {
  startTestWorkers(world, redis)
  const queue = openTestQueue(redis)
  const job = await world.commit(effectJob, { ms: 100 })
  await queue.dispatch([job])
  let looks = 0
  const look = async () => {
    looks++
    return false
  }
  expect(await queue.waitFor(job.id, 10_000, look)).toBe(true)
  expect(looks).toBe(1)
  expect(await world.effects(job)).toEqual([1])
})

test("what was dispatched a moment ago is not looked at as long as its end is told", async ({
  world,
  redis,
}) => {
  startTestWorkers(world, redis)
  const queue = openTestQueue(redis)
  let looks = 0
  const look = async () => {
    looks++
    return true
  }
  const job = await world.commit(effectJob, { ms: 100 })
  await queue.dispatch([job])
  expect([await queue.waitFor(job.id, 20_000, look, 10_000), looks]).toEqual([true, 0])
  expect([await queue.waitFor("done", 20_000, look, 50), looks]).toEqual([true, 1])
})

test("waiting ends for a job that is given up", async ({ world, redis }) => {
  startTestWorkers(world, redis)
  const queue = openTestQueue(redis)
  const job = await world.commit(refusedJob, {})
  const waiting = queue.waitFor(job.id, 10_000, async () => false)
  await queue.dispatch([job])
  expect(await waiting).toBe(true)
})

test("waiting ends at once for a job that is done already", async ({ redis }) => {
  expect(await openTestQueue(redis).waitFor("done", 10_000, async () => true)).toBe(true)
})

test("waiting ends when the time is over", async ({ redis }) => {
  expect(await openTestQueue(redis).waitFor("never", 50, async () => false)).toBe(false)
})

test("without Redis the job itself is looked at again and again", async ({ ownRedis }) => {
  const queue = openTestQueue(ownRedis.address)
  await ownRedis.stop()
  let looks = 0
  const look = async () => ++looks === 3
  expect(await queue.waitFor("silent", 20_000, look, 15_000)).toBe(true)
  await ownRedis.start()
})

test("an error of the look is the waiter's", async ({ redis }) => {
  const look = async () => {
    throw new Error("no database")
  }
  await expect(openTestQueue(redis).waitFor("odd", 1_000, look)).rejects.toThrow("no database")
})
