import { type Db, openDatabase, outbox } from "@tintype/db"
import { createLogger } from "@tintype/observe"
import { sql } from "drizzle-orm"
import { Type } from "typebox"
import { expect, onTestFinished } from "vitest"
import { createBeginnings } from "./beginnings.ts"
import { defineJob, type Job } from "./define-job.ts"
import type { Run } from "./handlers.ts"
import { beginMany, beginSoon, beginUnlessSuspect, complete, type JobKey } from "./ledger.ts"
import { startWorkers } from "./start-workers.ts"
import { ALICE, effectJob } from "./testing/jobs.ts"
import { spawnWorker } from "./testing/spawn-worker.ts"
import { openTestQueue, test, type World } from "./testing/world.ts"

const PATIENT = { timeout: 55_000 }
/** Of statements that let their transaction be answered before it is on disk. */
const SOON = /synchronous_commit|soon => true/

const commitMany = (world: World, count: number, ms: number) =>
  Promise.all(Array.from({ length: count }, () => world.commit(effectJob, { ms })))

test("runs that begin side by side are counted in one statement, each job's once", async ({
  world,
  database,
}) => {
  const statements: string[] = []
  const { db, close } = openDatabase({
    url: database.url,
    poolSize: 10,
    onStatement: (text) => statements.push(text),
  })
  onTestFinished(close)
  const jobs = await commitMany(world, 30, 0)
  const [first, second, done] = jobs
  if (!first || !second || !done) throw new Error("there are no jobs")
  await complete(world.db, { ownerId: ALICE, id: done.id }, 0)
  const begin = createBeginnings(db, "worker-1")
  const keys = [...jobs, second, { id: crypto.randomUUID() }].map(({ id }) => ({ ownerId: ALICE, id }))

  const entries = await Promise.all(keys.map((key) => begin(key, false)))

  expect(statements).toHaveLength(2)
  expect(statements.every((text) => SOON.test(text))).toBe(true)
  const begun = entries.map((entry) => entry?.attempts)
  expect(begun).toEqual(keys.map((key, i) => (key.id === done.id || i >= 30 ? undefined : 1)))
  expect(await world.row(second)).toMatchObject({ attempts: 1, unreported: 1, worker: "worker-1" })
  expect(await Promise.all(keys.map((key) => begin(key, false)))).toEqual(keys.map(() => undefined))
})

test("a count that has to be on disk waits for that, and so do those that are counted with it", async ({
  world,
  database,
}) => {
  const statements: string[] = []
  const onStatement = (text: string) => statements.push(text)
  const { db, close } = openDatabase({ url: database.url, poolSize: 10, onStatement })
  onTestFinished(close)
  const begin = createBeginnings(db, "worker-1")
  const keys = await commitMany(world, 4, 0)
  const entries = await Promise.all(keys.map(({ id }, i) => begin({ ownerId: ALICE, id }, i !== 1)))
  expect(entries.map((entry) => entry?.attempts)).toEqual([1, 1, 1, 1])
  expect(statements).toHaveLength(2)
  expect(statements.join()).not.toMatch(SOON)
})

test("only a count that may be lost does not wait for the disk", async ({ world }) => {
  const waits = (count: (tx: Db, key: JobKey) => Promise<unknown>) =>
    world.db.transaction(async (tx) => {
      const [{ id } = { id: "" }] = await commitMany(world, 1, 0)
      await tx.execute(sql`set local synchronous_commit = on`)
      await count(tx, { ownerId: ALICE, id })
      const [row] = await tx.execute<{ waits: boolean }>(sql`
        select current_setting('synchronous_commit') = 'on' as waits, attempts from outbox where id = ${id}::uuid`)
      return row
    })
  const worker = "worker-1"
  expect(await waits((tx, key) => beginSoon(tx, key, worker))).toEqual({ waits: false, attempts: 1 })
  expect(await waits((tx, key) => beginUnlessSuspect(tx, key, worker))).toEqual({ waits: true, attempts: 1 })
  expect(await waits((tx, key) => beginMany(tx, [key], worker, false))).toEqual({ waits: false, attempts: 1 })
  expect(await waits((tx, key) => beginMany(tx, [key], worker, true))).toEqual({ waits: true, attempts: 1 })
})

test("only a first delivery's count may be lost, and none by which files are named", async ({
  world,
  database,
  redis,
}) => {
  const statements: string[] = []
  const onStatement = (text: string) => statements.push(text)
  const { db, close } = openDatabase({ url: database.url, poolSize: 10, onStatement })
  onTestFinished(close)
  const common = {
    class: "feed",
    payload: Type.Object({}),
    attempts: 3,
    backoffMs: [50, 200],
    deadlineSeconds: 20,
  } as const
  const plain = defineJob({ ...common, name: "begin.plain" })
  const files = defineJob({ ...common, name: "begin.files", numbersFiles: true })
  const failOnce = async (_payload: object, { attempt }: Run) => {
    if (attempt === 1) throw new Error("once")
  }
  const workers = startWorkers({
    redisUrl: redis.queueUrl,
    prefix: `${redis.prefix}sure`,
    db,
    jobs: [plain, files],
    handlers: { "begin.plain": failOnce, "begin.files": failOnce },
    classes: { feed: { concurrency: 1 } },
    log: createLogger("test", "fatal"),
  })
  onTestFinished(() => workers.close(1_000))
  const queue = openTestQueue({ ...redis, prefix: `${redis.prefix}sure` })
  const soonOf = async (job: Job) => {
    const written = await world.commit(job, {})
    statements.length = 0
    await queue.dispatch([written])
    await expect.poll(() => world.row(written), { timeout: 20_000 }).toBeUndefined()
    return statements.flatMap((text) => /begin_job\b.*soon => (\w+)/s.exec(text)?.[1] ?? [])
  }
  expect(await soonOf(plain)).toEqual(["true", "false"])
  expect(await soonOf(files)).toEqual(["false", "false"])
})

test("one that cannot be asked for spoils no other", async ({ world }) => {
  const jobs = await commitMany(world, 3, 0)
  const begin = createBeginnings(world.db, "worker-1")
  const keys = [...jobs, { id: "nonsense" }, ...(await commitMany(world, 1, 0))]
  const ends = await Promise.allSettled(keys.map(({ id }) => begin({ ownerId: ALICE, id }, false)))
  expect(ends.map(({ status }) => status)).toEqual([...jobs.map(() => "fulfilled"), "rejected", "fulfilled"])
  for (const job of jobs) expect(await world.row(job)).toMatchObject({ attempts: 1 })
})

test("a process killed amid runs that began together loses none and doubles none", {
  timeout: 60_000,
}, async ({ world, database, redis }) => {
  const address = { ...redis, prefix: `${redis.prefix}together` }
  await world.db.execute(sql`truncate outbox, effects`)
  const jobs = await commitMany(world, 100, 20)
  const count = async () => {
    const [row] = await world.db.execute<{ done: number; begun: number }>(sql`
      select (select count(*)::int from effects) as done,
        (select count(*)::int from outbox where unreported > 0) as begun`)
    return row ?? { done: 0, begun: 0 }
  }
  const [first] = await Promise.all([1, 2].map(() => spawnWorker(database.url, address)))
  await openTestQueue(address).dispatch(jobs)
  const amid = async () => {
    const { done, begun } = await count()
    return done > 15 && begun > 0
  }
  await expect.poll(amid, { ...PATIENT, interval: 5 }).toBe(true)
  first?.kill("SIGKILL")
  await first?.exited
  expect((await count()).done).toBeLessThan(jobs.length)
  await expect.poll(async () => world.db.$count(outbox), PATIENT).toBe(0)
  const rows = await world.db.execute<{ id: string }>(sql`select job_id as id from effects`)
  expect(rows.map(({ id }) => id).sort()).toEqual(jobs.map(({ id }) => id).sort())
})
