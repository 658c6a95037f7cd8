import { type AccountId, openDatabase, scheduleRuns, schedules as table } from "@tintype/db"
import { eq, sql } from "drizzle-orm"
import { expect, onTestFinished } from "vitest"
import { listAudit } from "../audit.ts"
import { effectJob, serialJob } from "../testing/jobs.ts"
import { startTestWorkers, test, type World } from "../testing/world.ts"
import { defineSchedule, type Schedule } from "./define-schedule.ts"
import {
  forgetScheduleRuns,
  listScheduleRuns,
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  runScheduleNow,
} from "./operate-schedules.ts"
import { declareSchedules, startDue } from "./start-due.ts"

const PATIENT = { timeout: 15_000 }
const ADMIN = "4194304777" as AccountId

/** Once a year, so that only the tests make it due. */
const yearly = (name: string, change: Partial<Parameters<typeof defineSchedule>[0]> = {}) =>
  defineSchedule({
    name,
    job: effectJob,
    payload: { ms: 0 },
    cron: "0 0 0 1 1 *",
    timeZone: "UTC",
    overlap: "skip",
    missed: "once",
    ...change,
  })

const named = (...schedules: readonly Schedule[]) => new Map(schedules.map((each) => [each.name, each]))

const makeDue = (world: World, name: string, seconds = 2) =>
  world.db
    .update(table)
    .set({ nextAt: sql`date_trunc('second', now()) - ${seconds}::int * interval '1 second'` })
    .where(eq(table.name, name))

const outcomes = async (world: World, name: string) =>
  (await listScheduleRuns(world.db, name)).items.map(({ cause, outcome }) => `${cause} ${outcome}`)

const minutely = { cron: "0 * * * * *" } as const

test("of any number of processes one starts a run", async ({ world, database }) => {
  const schedule = yearly("test.race")
  await declareSchedules(world.db, [schedule])
  await makeDue(world, schedule.name)
  const pools = Array.from({ length: 4 }, () => openDatabase({ url: database.url, poolSize: 2 }))
  onTestFinished(async () => void (await Promise.all(pools.map((pool) => pool.close()))))
  const racing = pools.flatMap(({ db }) => [startDue(db, named(schedule)), startDue(db, named(schedule))])
  const started = (await Promise.all(racing)).flat()
  expect(started).toHaveLength(1)
  expect(await world.db.$count(scheduleRuns, eq(scheduleRuns.schedule, schedule.name))).toBe(1)
})

test("a run starts when its time has come, and its history tells how it ended", async ({ world, redis }) => {
  const schedule = yearly("test.told", { cron: "* * * * * *", payload: { ms: 5 } })
  startTestWorkers(world, redis, {}, { feed: { concurrency: 2 } }, [schedule])
  await expect.poll(() => outcomes(world, schedule.name), PATIENT).toContain("time done")
  const [run] = (await listScheduleRuns(world.db, schedule.name)).items.filter(
    ({ outcome }) => outcome === "done",
  )
  expect(run?.finishedAt?.getTime()).toBeGreaterThanOrEqual(run?.plannedAt.getTime() ?? Number.NaN)
  await pauseSchedule(world.db, ADMIN, schedule.name)
})

test("a run that is not over lets the next time go, is followed, or replaced, as declared", async ({
  world,
  redis,
}) => {
  const slow = { payload: { ms: 60_000 } }
  const skipping = yearly("test.skip", slow)
  const queueing = yearly("test.queue", { overlap: "queue", job: serialJob, payload: { ms: 300 } })
  const replacing = yearly("test.replace", { overlap: "replace", payload: { ms: 3_000 } })
  const all = named(skipping, queueing, replacing)
  await declareSchedules(world.db, [...all.values()])
  startTestWorkers(world, redis)
  const starts = []
  for (let i = 0; i < 2; i++) {
    for (const name of all.keys()) await makeDue(world, name, 2 - i)
    starts.push(await startDue(world.db, all))
    await expect.poll(() => outcomes(world, "test.queue"), PATIENT).toContain("time running")
  }
  expect(starts.map((jobs) => jobs.length)).toEqual([3, 2])
  expect(await outcomes(world, "test.skip")).toEqual(["time skipped", "time running"])
  expect(await outcomes(world, "test.replace")).toEqual(["time running", "time replaced"])
  await expect.poll(() => outcomes(world, "test.queue"), PATIENT).toEqual(["time done", "time done"])
  await expect.poll(() => outcomes(world, "test.replace"), PATIENT).toEqual(["time done", "time replaced"])
  const replaced = (await listScheduleRuns(world.db, "test.replace")).items[1]
  const effects = await world.db.execute(sql`select 1 from effects where job_id = ${replaced?.jobId ?? ""}`)
  expect(effects).toHaveLength(0)
  await world.db.execute(sql`delete from outbox where name = 'test.effect'`)
})

test("a run whose job was taken away ends at once", async ({ world, redis }) => {
  startTestWorkers(world, redis, {}, { feed: { concurrency: 1 } })
  const [long, next] = [
    await world.commit(effectJob, { ms: 19_000 }),
    await world.commit(effectJob, { ms: 0 }),
  ]
  await world.putOff(next)
  await expect.poll(async () => (await world.row(long))?.attempts, PATIENT).toBe(1)
  await world.db.execute(sql`delete from outbox where id = ${long.id}`)
  await world.db.execute(sql`update outbox set resend_at = now() where id = ${next.id}`)
  await expect.poll(() => world.effects(next), PATIENT).toEqual([1])
  expect(await world.effects(long)).toEqual([])
})

test("times that were missed are told of, and made up for once", async ({ world }) => {
  const schedule = yearly("test.late", minutely)
  await declareSchedules(world.db, [schedule])
  await world.db
    .update(table)
    .set({ nextAt: sql`date_trunc('minute', now()) - interval '5 minutes'` })
    .where(eq(table.name, schedule.name))
  expect(await startDue(world.db, named(schedule))).toHaveLength(1)
  const told = await outcomes(world, schedule.name)
  expect(told.filter((each) => each === "late missed").length).toBeGreaterThanOrEqual(4)
  expect(told).toHaveLength(6)
  await world.db.execute(sql`delete from outbox where name = 'test.effect'`)
})

test("an operator starts, pauses and resumes, and the audit tells", async ({ world }) => {
  const schedule = yearly("test.hand")
  const all = named(schedule)
  await declareSchedules(world.db, [schedule])
  expect(await pauseSchedule(world.db, ADMIN, schedule.name)).toBe(true)
  await makeDue(world, schedule.name)
  expect(await startDue(world.db, all)).toEqual([])
  const view = async () => (await listSchedules(world.db)).find(({ name }) => name === schedule.name)
  expect(await view()).toMatchObject({ paused: true, next: [], job: "test.effect", timeZone: "UTC" })
  expect(await runScheduleNow(world.db, ADMIN, schedule.name)).toBe(true)
  const [job] = await startDue(world.db, all)
  expect(job).toMatchObject({ name: "test.effect" })
  expect(await startDue(world.db, all)).toEqual([])
  expect(await outcomes(world, schedule.name)).toEqual(["hand running"])
  expect(await resumeSchedule(world.db, ADMIN, schedule.name)).toBe(true)
  const years = (await view())?.next.map((date) => date.getUTCFullYear()) ?? []
  expect(years).toHaveLength(5)
  expect(years[1]).toBe((years[0] ?? 0) + 1)
  expect(await pauseSchedule(world.db, ADMIN, "test.none")).toBe(false)
  const { items } = await listAudit(world.db, { limit: 3 })
  expect(items.map(({ action, actorId }) => [action, actorId])).toEqual([
    ["schedule.resume", ADMIN],
    ["schedule.run", ADMIN],
    ["schedule.pause", ADMIN],
  ])
  await world.db.execute(sql`delete from outbox where name = 'test.effect'`)
})

test("another release's schedule is left to its own processes", async ({ world }) => {
  const [old, recent] = [yearly("test.release"), yearly("test.release", { cron: "0 0 0 2 1 *" })]
  await declareSchedules(world.db, [old])
  await declareSchedules(world.db, [recent])
  await makeDue(world, "test.release")
  expect(await startDue(world.db, named(old))).toEqual([])
  expect(await startDue(world.db, named(recent))).toHaveLength(1)
  await world.db
    .update(table)
    .set({ declaredAt: sql`now() - interval '8 days'` })
    .where(eq(table.name, "test.release"))
  await declareSchedules(world.db, [yearly("test.other")])
  expect((await listSchedules(world.db)).map(({ name }) => name)).not.toContain("test.release")
  await world.db.execute(sql`delete from outbox where name = 'test.effect'`)
})

test("the history of schedules is bounded", async ({ world }) => {
  const plannedAt = new Date(Date.now() - 91 * 24 * 3600_000)
  const old = { schedule: "test.old", cause: "time", outcome: "skipped" } as const
  await world.db.insert(scheduleRuns).values([
    { ...old, plannedAt },
    { ...old, plannedAt: new Date() },
  ])
  expect(await forgetScheduleRuns(world.db, 90)).toBe(1)
  expect(await forgetScheduleRuns(world.db, 90)).toBe(0)
  expect((await listScheduleRuns(world.db, "test.old")).items).toHaveLength(1)
})
