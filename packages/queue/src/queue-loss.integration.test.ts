import { outbox } from "@tintype/db"
import { createLogger } from "@tintype/observe"
import { eq, sql } from "drizzle-orm"
import { Redis } from "ioredis"
import { expect, onTestFinished } from "vitest"
import { createEpoch } from "./epoch.ts"
import { QueueAway } from "./errors.ts"
import { createLineHeads } from "./line-heads.ts"
import { queueKeys } from "./redis.ts"
import type { Sender } from "./sender.ts"
import { sweep } from "./sweep.ts"
import { effectJob } from "./testing/jobs.ts"
import { openTestQueue, startTestWorkers, test, type World } from "./testing/world.ts"

const PATIENT = { timeout: 15_000 }

/** Does something to the queue's Redis on a connection of its own. */
async function withRedis(url: string, work: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(url)
  try {
    await work(redis)
  } finally {
    redis.disconnect()
  }
}

/** Jobs of which the queue was told long ago, as far as Postgres knows, and that it does not have. */
async function commitLost(world: World, count: number) {
  const jobs = await Promise.all(Array.from({ length: count }, () => world.commit(effectJob, { ms: 0 })))
  for (const job of jobs) await world.putOff(job)
  return jobs
}

/** Nobody waits anywhere. */
const noLine = async () => new Map()

/** The workers of the test have seen Redis as it is; those of an earlier one had counted too. */
const untilSwept = (url: string, prefix: string) =>
  withRedis(url, async (redis) => {
    const count = async () => Number(await redis.get(queueKeys(prefix).ticks))
    await expect.poll(count, PATIENT).toBeGreaterThan((await count()) + 1)
  })

test("jobs that a wiped Redis has forgotten run, each with one effect", async ({ world, ownRedis }) => {
  const { address } = ownRedis
  startTestWorkers(world, address)
  const queue = openTestQueue(address)
  const jobs = await Promise.all(Array.from({ length: 20 }, () => world.commit(effectJob, { ms: 300 })))
  await queue.dispatch(jobs)
  await withRedis(address.queueUrl, (redis) => redis.flushall())
  for (const job of jobs) {
    await expect.poll(() => world.effects(job), PATIENT).toHaveLength(1)
    await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
  }
})

test("after a wipe everything is sent again at once, not when its time has come", async ({
  world,
  ownRedis,
}) => {
  const { address } = ownRedis
  startTestWorkers(world, address)
  await untilSwept(address.queueUrl, address.prefix)
  const jobs = await commitLost(world, 3)
  await withRedis(address.queueUrl, (redis) => redis.flushall())
  for (const job of jobs) await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
})

test("a repair that breaks off goes on at the next sweep", async ({ world, ownRedis }) => {
  const { queueUrl, prefix } = ownRedis.address
  const redis = new Redis(queueUrl)
  onTestFinished(() => redis.disconnect())
  const keys = { ...queueKeys(prefix), epoch: "epoch of the test", repair: "repair of the test" }
  const sent: string[] = []
  let isAway = true
  const sender: Pick<Sender, "send"> = {
    async send(jobs) {
      if (isAway) throw new QueueAway("it breaks off")
      sent.push(...jobs.map(({ id }) => id))
    },
  }
  const epoch = createEpoch(world.db, redis, keys)
  const catalogue = new Map([[effectJob.name, effectJob]])
  const log = createLogger("test", "silent")
  const look = () => sweep({ db: world.db, sender, epoch, heads: noLine, catalogue, log })
  const [job] = await commitLost(world, 1)
  await expect(look()).rejects.toThrow("it breaks off")
  isAway = false
  await look()
  expect(sent).toContain(job?.id)
  expect(await redis.get(keys.epoch), "everything has been sent").not.toBeNull()
})

test("what waits in line is not sent again; what its line has passed is, and what is long overdue", async ({
  world,
  ownRedis,
}) => {
  const { queueUrl, prefix } = ownRedis.address
  const address = { queueUrl, prefix: `${prefix}line` }
  const redis = new Redis(queueUrl)
  onTestFinished(() => redis.disconnect())
  const sent: string[] = []
  const sender: Pick<Sender, "send"> = { send: async (jobs) => void sent.push(...jobs.map(({ id }) => id)) }
  const epoch = createEpoch(world.db, redis, queueKeys(address.prefix))
  const heads = createLineHeads(redis, address.prefix)
  const catalogue = new Map([[effectJob.name, effectJob]])
  const log = createLogger("test", "silent")
  const look = () => sweep({ db: world.db, sender, epoch, heads, catalogue, log })
  await look()
  const commit = async (dueSeconds: number, resendSeconds: number) => {
    const job = await world.commit(effectJob, { ms: 0 })
    await world.db.execute(sql`
      update outbox set due_at = now() - ${dueSeconds}::int * interval '1 second',
        resend_at = now() - ${resendSeconds}::int * interval '1 second'
      where id = ${job.id}::uuid`)
    return job
  }
  const [waiting, passed, overdue] = [await commit(0, 1), await commit(10, 8), await commit(0, 31)]
  await openTestQueue(address).dispatch([waiting])
  expect([...(await heads()).keys()]).toEqual(["feed"])
  await look()
  expect(sent).toEqual(expect.arrayContaining([passed.id, overdue.id]))
  expect(sent).not.toContain(waiting.id)
  await redis.del(`${address.prefix}:{feed}:wait`)
  await look()
  expect(sent).toContain(waiting.id)
})

test("what could not be sent while Redis was away is sent when it is back, however young it is", async ({
  world,
  ownRedis,
}) => {
  const redis = new Redis(ownRedis.address.queueUrl)
  onTestFinished(() => redis.disconnect())
  const keys = { ...queueKeys(ownRedis.address.prefix), epoch: "epoch of a return", repair: "its repair" }
  const sent: string[] = []
  const sender: Pick<Sender, "send"> = { send: async (jobs) => void sent.push(...jobs.map(({ id }) => id)) }
  const epoch = createEpoch(world.db, redis, keys)
  const catalogue = new Map([[effectJob.name, effectJob]])
  const log = createLogger("test", "silent")
  const look = (isBack: boolean) =>
    sweep({ db: world.db, sender, epoch, heads: noLine, catalogue, log, isBack })
  await look(false)
  const job = await world.commit(effectJob, { ms: 0 })
  // Its row waits for whoever enqueued it, however slow this machine is.
  await world.db
    .update(outbox)
    .set({ resendAt: sql`now() + interval '1900 milliseconds'` })
    .where(eq(outbox.id, job.id))
  await look(true)
  expect(sent).toContain(job.id)
})

test("after a failover to an older copy of Redis everything is sent again", async ({ world, ownRedis }) => {
  const { address } = ownRedis
  startTestWorkers(world, address)
  await untilSwept(address.queueUrl, address.prefix)
  const jobs = await commitLost(world, 3)
  await withRedis(address.queueUrl, (redis) => redis.set(queueKeys(address.prefix).ticks, 0))
  for (const job of jobs) await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
})

test("a Redis that stands in for another one is sent everything", async ({ world, ownRedis, redis }) => {
  const [job] = await commitLost(world, 1)
  if (!job) throw new Error("no job")
  startTestWorkers(world, { queueUrl: redis.queueUrl, prefix: `${ownRedis.address.prefix}b` })
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
})

test("without Redis an operation succeeds, and its job runs when Redis is back", async ({
  world,
  ownRedis,
}) => {
  const { address } = ownRedis
  startTestWorkers(world, address)
  const queue = openTestQueue(address)
  await queue.countWorkers()
  await ownRedis.stop()
  const job = await world.commit(effectJob, { ms: 0 })
  await queue.dispatch([job])
  await expect(queue.countWorkers()).rejects.toThrow()
  await ownRedis.start()
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
})

test("with a frozen Redis an operation succeeds, and its job runs when Redis answers again", async ({
  world,
  ownRedis,
}) => {
  const { address } = ownRedis
  startTestWorkers(world, address)
  const queue = openTestQueue(address)
  await queue.countWorkers()
  ownRedis.signal("SIGSTOP")
  try {
    const job = await world.commit(effectJob, { ms: 0 })
    await queue.dispatch([job])
    ownRedis.signal("SIGCONT")
    await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
  } finally {
    ownRedis.signal("SIGCONT")
  }
})

test("a run that ends while Redis is away has had its effect, and has it once", async ({
  world,
  ownRedis,
}) => {
  const { address } = ownRedis
  startTestWorkers(world, address)
  const queue = openTestQueue(address)
  const job = await world.commit(effectJob, { ms: 2_500 })
  await queue.dispatch([job])
  await expect.poll(async () => (await world.row(job))?.attempts, PATIENT).toBe(1)
  await ownRedis.stop()
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
  await ownRedis.start()
  const next = await world.commit(effectJob, { ms: 0 })
  await expect.poll(() => world.effects(next), PATIENT).toEqual([1])
  expect(await world.effects(job)).toEqual([1])
})
