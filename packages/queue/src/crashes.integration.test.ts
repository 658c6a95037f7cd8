import { expect } from "vitest"
import { effectJob } from "./testing/jobs.ts"
import { spawnWorker } from "./testing/spawn-worker.ts"
import { openTestQueue, test } from "./testing/world.ts"

const PATIENT = { timeout: 28_000 }

test("a job whose process is killed runs again elsewhere", async ({ world, database, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}killed` }
  const first = await spawnWorker(database.url, address)
  const job = await world.commit(effectJob, { ms: 1_000 })
  await openTestQueue(address).dispatch([job])
  await expect.poll(async () => (await world.row(job))?.attempts, PATIENT).toBe(1)
  first.kill("SIGKILL")
  await spawnWorker(database.url, address)
  await expect.poll(() => world.effects(job), PATIENT).toEqual([2])
  await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
})

test("what a frozen process does after its thaw comes too late", async ({ world, database, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}frozen` }
  const frozen = await spawnWorker(database.url, address)
  const job = await world.commit(effectJob, { ms: 1_500 })
  await openTestQueue(address).dispatch([job])
  await expect.poll(async () => (await world.row(job))?.attempts, PATIENT).toBe(1)
  frozen.kill("SIGSTOP")
  await spawnWorker(database.url, address)
  await expect.poll(async () => (await world.row(job))?.attempts, PATIENT).toBe(2)
  frozen.kill("SIGCONT")
  await expect.poll(() => frozen.lines.join("\n"), PATIENT).toContain("run came too late")
  await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
  expect(await world.effects(job)).toEqual([2])
})
