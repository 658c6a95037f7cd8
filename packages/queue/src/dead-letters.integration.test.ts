import type { AccountId } from "@tintype/db"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import { listAudit } from "./audit.ts"
import { forgetDeadLetters, openDeadLetters } from "./dead-letters.ts"
import type { QueuedJob } from "./enqueue.ts"
import { ALICE, effectJob, flakyJob, foldJob, testJobs } from "./testing/jobs.ts"
import { openTestQueue, type QueueAddress, startTestWorkers, test, type World } from "./testing/world.ts"

const PATIENT = { timeout: 10_000 }
const ADMIN = "4194304777" as AccountId

const open = (world: World, redis: QueueAddress) =>
  openDeadLetters({ db: world.db, jobs: testJobs, queue: openTestQueue(redis) })

/** A job that was given up, as far as its row tells. */
async function bury(world: World, payload: { ms: number }, error = "broken") {
  const job = await world.commit(effectJob, payload)
  await world.db.execute(sql`
    update outbox set dead_at = now(), dead_reason = 'exhausted', attempts = 3, failures = 3, last_error = ${error}
    where id = ${job.id}`)
  return job
}

test("a dead letter is seen, mended, sent again and gone, and the audit tells who did it", async ({
  world,
  redis,
}) => {
  startTestWorkers(world, redis)
  const letters = open(world, redis)
  const job = await world.commit(flakyJob, { failures: 5 })
  await openTestQueue(redis).dispatch([job])
  await expect.poll(async () => (await letters.list({ name: "test.flaky" })).items, PATIENT).toHaveLength(1)
  expect(await letters.read(job)).toMatchObject({
    payload: { failures: 5 },
    reason: "exhausted",
    error: "Error: failure 3",
    attempts: 3,
  })
  await expect(letters.edit(ADMIN, job, { failures: "few" })).rejects.toThrow("test.flaky")
  expect(await letters.edit(ADMIN, job, { failures: 4 })).toBe(true)
  expect(await letters.retry(ADMIN, [job])).toBe(1)
  // Its runs are counted on, and it has all its attempts again: the fifth is the first that does not fail.
  await expect.poll(() => world.effects(job), PATIENT).toEqual([5])
  await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
  const { items } = await listAudit(world.db)
  expect(items.filter(({ subject }) => subject === job.id)).toMatchObject([
    { actorId: ADMIN, action: "dead-letter.retry" },
    { action: "dead-letter.edit", detail: { before: { failures: 5 }, after: { failures: 4 } } },
  ])
})

test("many are sent again by what they have in common, others stay", async ({ world, redis }) => {
  const letters = open(world, redis)
  const jobs = [await bury(world, { ms: 0 }), await bury(world, { ms: 0 })]
  const other = await world.commit(flakyJob, { failures: 9 })
  await world.db.execute(
    sql`update outbox set dead_at = now(), dead_reason = 'refused' where id = ${other.id}`,
  )
  startTestWorkers(world, redis)
  expect(await letters.retryAll(ADMIN, { name: "test.effect", reason: "exhausted" })).toBe(2)
  for (const job of jobs) await expect.poll(() => world.effects(job), PATIENT).toEqual([4])
  expect(await letters.retryAll(ADMIN, { name: "test.effect" })).toBe(0)
  expect(await letters.read(other)).toMatchObject({ reason: "refused" })
  expect(await letters.discard(ADMIN, [other])).toBe(1)
})

test("two who send the same one again do it once, and what is alive cannot be discarded", async ({
  world,
  redis,
}) => {
  const letters = open(world, redis)
  const job = await bury(world, { ms: 0 })
  const told = await Promise.all([letters.retry(ADMIN, [job]), letters.retry(ADMIN, [job])])
  expect(told.sort()).toEqual([0, 1])
  expect(await letters.discard(ADMIN, [job])).toBe(0)
  expect(await letters.edit(ADMIN, job, { ms: 1 })).toBe(false)
  startTestWorkers(world, redis)
  await expect.poll(() => world.effects(job), PATIENT).toEqual([4])
})

test("a unique one is left to the one of its key that waits", async ({ world, redis }) => {
  const letters = open(world, redis)
  const [dead, twin] = [await world.commit(foldJob, { subject: "k" }), await bury(world, { ms: 0 })]
  await world.db.execute(sql`update outbox set dead_at = now() where id = ${dead.id}`)
  const waiting = await world.commit(foldJob, { subject: "k" })
  expect(waiting.id).not.toBe(dead.id)
  expect(await letters.retry(ADMIN, [dead, twin])).toBe(2)
  expect(await world.row(dead)).toBeUndefined()
  expect(await world.row(twin)).toMatchObject({ deadAt: null, failures: 0 })
  startTestWorkers(world, redis)
  await expect.poll(() => world.row(waiting), PATIENT).toBeUndefined()
  await expect.poll(() => world.effects(twin), PATIENT).toEqual([4])
})

test("dead letters are listed the newest first, and discarded for good", async ({ world, redis }) => {
  const letters = open(world, redis)
  const jobs = []
  for (let ms = 1; ms <= 5; ms++) jobs.push(await bury(world, { ms }, `error ${ms}`))
  const first = await letters.list({ class: "feed", ownerId: ALICE }, { limit: 3 })
  const rest = await letters.list({ class: "feed" }, { limit: 3, after: first.next ?? "" })
  expect([...first.items, ...rest.items].map(({ error }) => error)).toEqual(
    [5, 4, 3, 2, 1].map((ms) => `error ${ms}`),
  )
  expect(rest.next).toBeUndefined()
  expect(await letters.discard(ADMIN, jobs)).toBe(5)
  expect((await letters.list()).items).toEqual([])
  const { items } = await listAudit(world.db, { limit: 1 })
  expect(items).toMatchObject([{ action: "dead-letter.discard", detail: { name: "test.effect" } }])
})

test("dead letters do not pile up: the old and the too many are forgotten", async ({ world, redis }) => {
  const letters = open(world, redis)
  const jobs: QueuedJob[] = []
  for (let ms = 1; ms <= 6; ms++) jobs.push(await bury(world, { ms }))
  await world.db.execute(
    sql`update outbox set dead_at = now() - interval '31 days' where id = ${jobs[5]?.id ?? ""}`,
  )
  expect(await forgetDeadLetters(world.db, 30, 3)).toBe(3)
  expect(await forgetDeadLetters(world.db, 30, 3)).toBe(0)
  expect((await letters.list()).items.map(({ id }) => id)).toEqual([4, 3, 2].map((i) => jobs[i]?.id))
})
