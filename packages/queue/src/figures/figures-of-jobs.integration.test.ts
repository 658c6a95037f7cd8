import { createMetrics } from "@tintype/observe"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import { effectJob, flakyJob, foldJob } from "../testing/jobs.ts"
import { openTestQueue, startTestWorkers, test } from "../testing/world.ts"
import { registerBacklog, registerRuns } from "./register-jobs.ts"

async function samplesOf(metrics: ReturnType<typeof createMetrics>) {
  const samples = (await metrics.families()).flatMap((each) => each.samples)
  return new Map(
    samples.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(" "), value]),
  )
}

test("what waits is told by its age first, with what was not sent, what is dead and what is late", async ({
  world,
}) => {
  const old = await world.commit(effectJob, { ms: 0 })
  await world.commit(effectJob, { ms: 0 })
  await world.commit(effectJob, { ms: 0 }, 60_000)
  const dead = await world.commit(foldJob, { subject: "dead" })
  await world.db.execute(sql`
    update outbox set due_at = now() - interval '90 seconds', resend_at = now() - interval '80 seconds'
    where id = ${old.id}`)
  await world.db.execute(sql`update outbox set dead_at = now() where id = ${dead.id}`)
  await world.db.execute(sql`
    insert into schedules (name, spec, next_at)
    values ('test.late', '{}', now() - interval '70 seconds'), ('test.early', '{}', now() + interval '1 hour')`)
  const metrics = createMetrics()
  registerBacklog(metrics, world.db)

  const found = await samplesOf(metrics)

  expect(found.get("tintype_jobs_oldest_waiting_age_seconds feed")).toBeGreaterThan(89)
  expect(found.get("tintype_jobs_oldest_waiting_age_seconds mail")).toBe(0)
  expect(found.get("tintype_jobs_waiting feed")).toBe(2)
  expect(found.get("tintype_jobs_dead notify")).toBe(1)
  expect(found.get("tintype_outbox_unsent")).toBe(1)
  expect(found.get("tintype_outbox_unsent_age_seconds")).toBeGreaterThan(79)
  expect(found.get("tintype_schedules_late")).toBe(1)
  expect(found.get("tintype_schedules_late_seconds")).toBeGreaterThan(69)
})

test("runs are counted by job and how they ended", async ({ world, redis }) => {
  const workers = startTestWorkers(world, redis)
  const metrics = createMetrics()
  registerRuns(metrics, workers.figures)
  const job = await world.commit(flakyJob, { failures: 1 })
  await openTestQueue(redis).dispatch([job])
  await expect
    .poll(async () => (await samplesOf(metrics)).get("tintype_jobs_runs_total test.flaky done"), {
      timeout: 20_000,
    })
    .toBe(1)
  const found = await samplesOf(metrics)
  expect(found.get("tintype_jobs_runs_total test.flaky failed")).toBe(1)
  expect(found.get("tintype_jobs_run_seconds_count feed")).toBeGreaterThanOrEqual(2)
  expect(found.get("tintype_jobs_wait_seconds_count feed")).toBeGreaterThanOrEqual(2)
  await expect.poll(async () => (await samplesOf(metrics)).get("tintype_jobs_running feed")).toBe(0)
})
