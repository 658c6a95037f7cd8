import { outbox } from "@tintype/db"
import { eq, sql } from "drizzle-orm"
import { expect } from "vitest"
import { enqueue, enqueueAll, type QueuedJob } from "./enqueue.ts"
import { ALICE, effectJob, endlessJob, flakyJob, refusedJob } from "./testing/jobs.ts"
import { openTestQueue, startTestWorkers, test } from "./testing/world.ts"

const PATIENT = { timeout: 10_000 }

test("a job runs once its transaction is committed, and its row is gone with its effect", async ({
  world,
  redis,
}) => {
  startTestWorkers(world, redis)
  const job = await world.commit(effectJob, { ms: 0 })
  await openTestQueue(redis).dispatch([job])
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
  expect(await world.row(job)).toBeUndefined()
})

test("a job of a transaction that is rolled back never runs, even if the queue is told of it", async ({
  world,
  redis,
}) => {
  startTestWorkers(world, redis)
  const queue = openTestQueue(redis)
  const leaked: QueuedJob[] = []
  const failing = world.db.transaction(async (tx) => {
    leaked.push(await enqueue(tx, effectJob, ALICE, { ms: 0 }))
    throw new Error("rolled back")
  })
  await expect(failing).rejects.toThrow("rolled back")
  const next = await world.commit(effectJob, { ms: 0 })
  await queue.dispatch([...leaked, next])
  await expect.poll(() => world.effects(next), PATIENT).toEqual([1])
  for (const job of leaked) expect(await world.effects(job)).toEqual([])
})

test("a job whose process died between COMMIT and dispatch is swept up", async ({ world, redis }) => {
  startTestWorkers(world, redis)
  const job = await world.commit(effectJob, { ms: 0 })
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
})

test("many jobs are written at once and all run once, with several workers and sweepers", async ({
  world,
  redis,
}) => {
  startTestWorkers(world, redis)
  startTestWorkers(world, redis)
  const jobs = await world.db.transaction((tx) =>
    enqueueAll(
      tx,
      Array.from({ length: 300 }, () => ({ job: effectJob, ownerId: ALICE, payload: { ms: 0 } })),
    ),
  )
  await openTestQueue(redis).dispatch(jobs.slice(0, 150))
  await openTestQueue(redis).dispatch(jobs)
  await expect.poll(() => world.db.$count(outbox, eq(outbox.ownerId, ALICE)), PATIENT).toBe(0)
  const [counted] = await world.db.execute<{ runs: number }>(
    sql`select count(*)::int as runs from effects where job_id in (${sql.join(
      jobs.map(({ id }) => sql`${id}::uuid`),
      sql`, `,
    )})`,
  )
  expect(counted?.runs).toBe(300)
})

test("a payload that does not fit its job is refused when it is enqueued", async ({ world }) => {
  const wrong = [{ job: effectJob, ownerId: ALICE, payload: { ms: "soon" } }]
  await expect(world.db.transaction((tx) => enqueueAll(tx, wrong))).rejects.toThrow("test.effect")
})

test("a job that fails runs again later, and its handler need not end it itself", async ({
  world,
  redis,
}) => {
  startTestWorkers(world, redis)
  const job = await world.commit(flakyJob, { failures: 2 })
  await openTestQueue(redis).dispatch([job])
  await expect.poll(() => world.effects(job), PATIENT).toEqual([3])
  await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
})

test("a job without success is given up after its last attempt, and its row tells why", async ({
  world,
  redis,
}) => {
  startTestWorkers(world, redis)
  const job = await world.commit(flakyJob, { failures: 99 })
  await openTestQueue(redis).dispatch([job])
  await expect
    .poll(() => world.row(job), PATIENT)
    .toMatchObject({
      deadAt: expect.any(Date),
      attempts: 3,
      lastError: "Error: failure 3",
      deadReason: "exhausted",
    })
})

test("a refusal gives the job up at once, together with what its hook writes", async ({ world, redis }) => {
  const job = await world.commit(refusedJob, {})
  startTestWorkers(world, redis, {
    "test.refused": async (tx, _payload, { jobId }) => {
      await tx.execute(sql`insert into effects (job_id, attempt, pid) values (${jobId}, 99, 0)`)
    },
  })
  await openTestQueue(redis).dispatch([job])
  await expect.poll(() => world.effects(job), PATIENT).toEqual([99])
  expect(await world.row(job)).toMatchObject({
    deadAt: expect.any(Date),
    attempts: 1,
    lastError: "PermanentFailure: never",
    deadReason: "refused",
  })
})

test("a job is not given up before its hook has succeeded", async ({ world, redis }) => {
  const job = await world.commit(refusedJob, {})
  let calls = 0
  startTestWorkers(world, redis, {
    "test.refused": async (tx, _payload, { jobId }) => {
      await tx.execute(sql`insert into effects (job_id, attempt, pid) values (${jobId}, ${calls}, 0)`)
      if (calls++ === 0) throw new Error("not yet")
    },
  })
  await openTestQueue(redis).dispatch([job])
  await expect.poll(() => world.row(job), PATIENT).toMatchObject({ deadAt: expect.any(Date) })
  expect(await world.effects(job)).toEqual([1])
})

test("a payload that does not fit when the job is to run gives it up at once", async ({ world, redis }) => {
  const job = await world.commit(effectJob, { ms: 0 })
  await world.db.execute(sql`update outbox set payload = '{"ms": "soon"}' where id = ${job.id}`)
  startTestWorkers(world, redis)
  await openTestQueue(redis).dispatch([job])
  await expect
    .poll(() => world.row(job), PATIENT)
    .toMatchObject({ deadAt: expect.any(Date), lastError: "the payload does not fit the job" })
})

test("a job that no worker knows is given up at once, and runs when one knows it", async ({
  world,
  redis,
}) => {
  const job = await world.commit(effectJob, { ms: 0 })
  await world.db.execute(sql`update outbox set name = 'test.newer' where id = ${job.id}`)
  startTestWorkers(world, redis)
  await openTestQueue(redis).dispatch([{ ...job, name: "test.newer" }])
  await expect
    .poll(() => world.row(job), PATIENT)
    .toMatchObject({ deadReason: "unknown", attempts: 0, lastError: "no worker knows the job test.newer" })
  await world.db.execute(sql`update outbox set name = 'test.effect' where id = ${job.id}`)
  startTestWorkers(world, redis)
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
})

test("a run that takes too long is aborted and counts as failed", async ({ world, redis }) => {
  startTestWorkers(world, redis)
  const job = await world.commit(endlessJob, {})
  await openTestQueue(redis).dispatch([job])
  await expect
    .poll(() => world.row(job), PATIENT)
    .toMatchObject({ deadAt: expect.any(Date), attempts: 2, lastError: "Error: not done within 1 s" })
})
