import { createLogger } from "@tintype/observe"
import { expect, onTestFinished } from "vitest"
import { type AtOnceHandlers, doAtOnce } from "./at-once.ts"
import { changeClass } from "./control/class-settings.ts"
import { beginSoon } from "./ledger.ts"
import { searchRuns } from "./search-runs.ts"
import { ALICE, effectJob, testJobs } from "./testing/jobs.ts"
import { openTestQueue, type QueueAddress, startTestWorkers, test, type World } from "./testing/world.ts"

const PATIENT = { timeout: 20_000 }

type Effect = NonNullable<AtOnceHandlers<typeof testJobs>["test.effect"]>

/** Commits jobs and does them at once by `effect`, from when on it is known that their class is not paused. */
async function openAtOnce(world: World, redis: QueueAddress, effect: Effect) {
  const told: string[] = []
  const queue = openTestQueue(redis)
  const dispatch: typeof queue.dispatch = async (jobs) => {
    told.push(...jobs.map(({ id }) => id))
    await queue.dispatch(jobs)
  }
  const handlers = { "test.effect": effect }
  const log = createLogger("test", "fatal")
  const options = { queue: { ...queue, dispatch }, db: world.db, jobs: testJobs, handlers, log }
  const atOnce = doAtOnce(options)
  onTestFinished(() => atOnce.close(1_000))
  const commit = async (ms = 0) => {
    const job = await world.commit(effectJob, { ms })
    await atOnce.queue.dispatch([job])
    return { ...job, wasTold: told.includes(job.id) }
  }
  return { ...atOnce, commit }
}

const ends = async (world: World, jobId: string) => {
  const { items } = await searchRuns(world.db, { jobId })
  return items.map(({ state, attempt, worker }) => ({
    state,
    attempt,
    isMine: worker?.includes(`:${process.pid}:`),
  }))
}

test("a job is done where it was committed, nobody else is told, and its history tells of it", async ({
  world,
  redis,
}) => {
  const done: [number, string][] = []
  const { commit } = await openAtOnce(world, redis, async ({ ms }, { ownerId }) => {
    done.push([ms, ownerId])
  })
  await expect.poll(async () => (await commit()).wasTold, PATIENT).toBe(false)
  const job = await commit(7)
  expect([job.wasTold, done.at(-1)]).toEqual([false, [7, ALICE]])
  await expect.poll(() => world.row(job), PATIENT).toBeUndefined()
  await expect.poll(() => ends(world, job.id), PATIENT).toEqual([{ state: "done", attempt: 1, isMine: true }])
  const [run] = (await searchRuns(world.db, { jobId: job.id })).items
  expect(run?.startedAt?.getTime()).toBeGreaterThanOrEqual((run?.queuedAt.getTime() ?? 0) - 50)
  expect(run?.finishedAt.getTime()).toBeGreaterThanOrEqual(run?.startedAt?.getTime() ?? 0)
})

test("what fails at once is left to the workers", async ({ world, redis }) => {
  let tried = 0
  const { commit } = await openAtOnce(world, redis, async () => {
    tried++
    throw new Error("no")
  })
  await expect.poll(async () => (await commit(0)) && tried, PATIENT).toBeGreaterThan(0)
  const job = await commit()
  expect([job.wasTold, await world.row(job)]).toMatchObject([true, { attempts: 0 }])
  startTestWorkers(world, redis)
  await expect.poll(() => world.effects(job), PATIENT).toEqual([1])
})

test("a run that a worker has begun meanwhile is the worker's to end", async ({ world, redis }) => {
  let id = ""
  const { commit, queue, close } = await openAtOnce(world, redis, async () => {
    if (id) await beginSoon(world.db, { ownerId: ALICE, id }, "a worker")
  })
  await expect.poll(async () => (await commit()).wasTold, PATIENT).toBe(false)
  const job = await world.commit(effectJob, { ms: 0 })
  id = job.id
  await queue.dispatch([job])
  await close(5_000)
  expect(await world.row(job)).toMatchObject({ attempts: 1, unreported: 1 })
  expect(await ends(world, id)).toEqual([])
})

test("nothing of a paused class is done at once", async ({ world, redis }) => {
  let done = 0
  const { commit } = await openAtOnce(world, redis, async () => void done++)
  await expect.poll(async () => (await commit()).wasTold, PATIENT).toBe(false)
  await changeClass(world.db, ALICE, "feed", { state: "paused" })
  onTestFinished(() => changeClass(world.db, ALICE, "feed", { state: "running" }).then())
  await expect.poll(async () => (await commit()).wasTold, PATIENT).toBe(true)
  const before = done
  const job = await commit()
  expect([job.wasTold, done, await world.row(job)]).toMatchObject([true, before, { attempts: 0 }])
})
