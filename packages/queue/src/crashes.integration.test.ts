import { expect } from "vitest"
import type { QueuedJob } from "./enqueue.ts"
import { blockingJob, effectJob } from "./testing/jobs.ts"
import { spawnWorker } from "./testing/spawn-worker.ts"
import { openTestQueue, type QueueAddress, test, type World } from "./testing/world.ts"

/** Two processes are started, and the jobs of one that is gone are missed only after seconds. */
const PATIENT = { timeout: 55_000 }
const SLOW = { timeout: 60_000 }

/** Starts two processes side by side and has one of them begin the job. @returns that one */
async function beginSomewhere(world: World, url: string, address: QueueAddress, job: QueuedJob) {
  const both = await Promise.all([spawnWorker(url, address), spawnWorker(url, address)])
  await openTestQueue(address).dispatch([job])
  await expect.poll(async () => (await world.row(job))?.attempts, PATIENT).toBe(1)
  const row = await world.row(job)
  const chosen = both.find(({ pid }) => row?.worker?.includes(`:${pid}:`))
  if (!chosen) throw new Error(`neither process runs the job, but ${row?.worker}`)
  return chosen
}

test("a job whose process is killed runs again elsewhere", SLOW, async ({ world, database, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}killed` }
  const job = await world.commit(effectJob, { ms: 3_000 })
  const killed = await beginSomewhere(world, database.url, address, job)
  killed.kill("SIGKILL")
  await expect.poll(() => world.effects(job), PATIENT).toEqual([2])
  await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
})

test("what a frozen process does after its thaw comes too late", SLOW, async ({ world, database, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}frozen` }
  const job = await world.commit(effectJob, { ms: 3_000 })
  const frozen = await beginSomewhere(world, database.url, address, job)
  frozen.kill("SIGSTOP")
  await expect.poll(async () => (await world.row(job))?.attempts, PATIENT).toBe(2)
  frozen.kill("SIGCONT")
  await expect.poll(() => frozen.lines.join("\n"), PATIENT).toContain("run came too late")
  await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
  expect(await world.effects(job)).toEqual([2])
})

test(
  "a process that one job has blocked for longer than its locks last goes on with all the others",
  SLOW,
  async ({ world, database, redis }) => {
    const address = { ...redis, prefix: `${redis.prefix}blocked` }
    const begun = await Promise.all([1, 2].map(() => world.commit(effectJob, { ms: 300 })))
    const blocking = await world.commit(blockingJob, { ms: 6_000 })
    const waiting = await Promise.all(Array.from({ length: 20 }, () => world.commit(effectJob, { ms: 0 })))
    const queue = openTestQueue(address)
    await queue.dispatch([...begun, blocking, ...waiting])
    await spawnWorker(database.url, address)
    const jobs = [...begun, blocking, ...waiting]
    for (const job of jobs) await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
    for (const job of jobs) expect(await world.effects(job)).toHaveLength(1)
  },
)
