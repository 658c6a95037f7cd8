import { expect } from "vitest"
import { effectJob, poisonJob } from "./testing/jobs.ts"
import { superviseWorker } from "./testing/spawn-worker.ts"
import { openTestQueue, test } from "./testing/world.ts"

/** Four processes are started one after the other, and each dead one's jobs are missed only after seconds. */
const PATIENT = { timeout: 55_000 }
const SLOW = 60_000

test("a job that kills its process three times is given up, and no neighbour with it", {
  timeout: SLOW,
}, async ({ world, database, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}poison` }
  const worker = await superviseWorker(database.url, address)
  const innocents = []
  for (let i = 0; i < 20; i++) innocents.push(await world.commit(effectJob, { ms: 50 }))
  const poison = await world.commit(poisonJob, {})
  for (let i = 0; i < 20; i++) innocents.push(await world.commit(effectJob, { ms: 50 }))
  const [head, tail] = [innocents.slice(0, 20), innocents.slice(20)]
  await openTestQueue(address).dispatch([...head, poison, ...tail])
  await expect.poll(async () => (await world.row(poison))?.deadAt, PATIENT).toBeInstanceOf(Date)
  expect(await world.row(poison)).toMatchObject({ lastError: "the process ended during 3 of its 3 runs" })
  for (const job of innocents) {
    await expect.poll(() => world.effects(job), PATIENT).toHaveLength(1)
    await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
  }
  expect(worker.deaths()).toBe(3)
})
