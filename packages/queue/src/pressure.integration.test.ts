import { openDatabase } from "@tintype/db"
import { createLogger } from "@tintype/observe"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import { createPressure } from "./pressure.ts"
import { effectJob, refusedJob } from "./testing/jobs.ts"
import { test, type World } from "./testing/world.ts"

const log = createLogger("test", "fatal")
const bounds = { feed: { seconds: 60, jobs: 4 }, media: { seconds: 60, jobs: 4 } }

/** A new one each time: nothing is remembered from the look before. */
const ask = async ({ db }: Pick<World, "db">) => {
  const pressure = createPressure({ db, bounds, log })
  return Promise.all([
    pressure.retryAfter("feed"),
    pressure.retryAfter("media"),
    pressure.retryAfter("upkeep"),
  ])
}

test("a class takes work until its oldest job has waited too long, or too many wait; others go on", async ({
  world,
}) => {
  expect(await ask(world)).toEqual([undefined, undefined, undefined])
  const job = await world.commit(effectJob, { ms: 0 })
  await world.commit(refusedJob, {})
  for (let i = 0; i < 10; i++) await world.commit(effectJob, { ms: 0 }, 60_000)
  expect(await ask(world)).toEqual([undefined, undefined, undefined])
  await world.db.execute(sql`update outbox set due_at = now() - interval '70 seconds' where id = ${job.id}`)
  expect(await ask(world)).toEqual([expect.any(Number), undefined, undefined])
  await world.db.execute(sql`update outbox set unreported = 1 where id = ${job.id}`)
  expect(await ask(world)).toEqual([undefined, undefined, undefined])
  await world.db.execute(sql`update outbox set dead_at = now() where id = ${job.id}`)
  for (let i = 0; i < 4; i++) await world.commit(refusedJob, {})
  expect(await ask(world)).toEqual([undefined, expect.any(Number), undefined])
})

test("what cannot be measured is taken", async () => {
  const { db, close } = openDatabase({ url: "postgres://nobody@127.0.0.1:1/none", poolSize: 1 })
  expect(await ask({ db })).toEqual([undefined, undefined, undefined])
  await close()
})
