import { setTimeout as sleep } from "node:timers/promises"
import { type Db, sqlState } from "@tintype/db"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import { takeDue, takePassed } from "./due.ts"
import { enqueueAll } from "./enqueue.ts"
import { AlreadyDone } from "./errors.ts"
import * as ledger from "./ledger.ts"
import { ALICE, effectJob } from "./testing/jobs.ts"
import { test } from "./testing/world.ts"

test("a run that a later one has followed can neither end its job nor speak for it", async ({ world }) => {
  const { db } = world
  const key = await world.commit(effectJob, { ms: 0 })
  expect(await ledger.beginUnlessSuspect(db, key, "first")).toMatchObject({ attempts: 1 })
  const seen = await ledger.readEntry(db, key)
  if (!seen) throw new Error("the job is gone")
  expect(await ledger.beginAfter(db, key, "second", seen)).toMatchObject({ attempts: 2 })
  expect(await ledger.beginAfter(db, key, "third", seen)).toBeUndefined()
  await expect(ledger.complete(db, key, 1)).rejects.toThrow(AlreadyDone)
  expect(await ledger.reportFailure(db, key, 1, "late", 0)).toBe(false)
  expect(await ledger.bury(db, key, 1, { reason: "refused", error: "late" })).toBe(false)
  expect(await world.row(key)).toMatchObject({ attempts: 2, failures: 0, deadAt: null })
  await ledger.complete(db, key, 2)
  await expect(ledger.complete(db, key, 2)).rejects.toThrow(AlreadyDone)
})

test("a transaction that ends a job too late fails, wherever the end stands in it", async ({ world }) => {
  const { db } = world
  const after: ((tx: Db) => Promise<unknown>)[] = [
    async () => undefined,
    // The answer comes while the transaction waits for something else.
    () => sleep(50),
    (tx) => tx.execute(sql`select 1`),
    (tx) => tx.transaction((inner) => inner.execute(sql`select 1`)),
  ]
  for (const rest of after) {
    const key = await world.commit(effectJob, { ms: 0 })
    await ledger.beginUnlessSuspect(db, key, "first")
    let late = 0
    const end = (attempt: number) =>
      db.transaction(async (tx) => {
        await tx.execute(sql`
          insert into effects (job_id, attempt, pid, ms, began, ended)
          values (${key.id}::uuid, ${attempt}::int, 0, 0, now(), now())`)
        await ledger.complete(tx, key, attempt, () => late++)
        await rest(tx)
      })
    expect(await end(0).catch(sqlState)).toMatch(/^(TTJ01|25P02)$/)
    expect([late, await world.effects(key)]).toEqual([1, []])
    expect(await world.row(key)).toMatchObject({ attempts: 1 })
    await end(1)
    expect([late, await world.effects(key), await world.row(key)]).toEqual([1, [1], undefined])
  }
})

test("a job is found by its key, also in a table that Postgres takes for empty", async ({ world }) => {
  const { db } = world
  await db.execute(sql`truncate outbox`)
  await db.execute(sql`analyze outbox`)
  const list = Array.from({ length: 300 }, () => ({ job: effectJob, ownerId: ALICE, payload: { ms: 0 } }))
  const jobs = await db.transaction((tx) => enqueueAll(tx, list))
  const reads = async () => {
    const rows = await db.execute<{ name: string; read: number }>(sql`
      select indexrelname as name, idx_tup_read::int as read from pg_stat_user_indexes where relname = 'outbox'`)
    return new Map(rows.map(({ name, read }) => [name, read]))
  }
  const before = await reads()
  for (const [i, key] of jobs.slice(0, 40).entries()) {
    if (i % 2 === 0) await ledger.beginSoon(db, key, "worker-1")
    else await ledger.beginMany(db, [key], "worker-1", false)
    await ledger.complete(db, key, 1)
  }
  const since = async (name: string) => ((await reads()).get(name) ?? 0) - (before.get(name) ?? 0)
  await expect.poll(() => since("outbox_owner_id_id_pk"), { timeout: 10_000 }).toBeGreaterThanOrEqual(80)
  expect((await since("outbox_resend")) + (await since("outbox_waiting"))).toBeLessThan(300)
})

test("what is to be sent again is taken where it lies, however much waits", async ({ world }) => {
  const { db } = world
  const [rows, limit] = [20_000, 500]
  await db.execute(sql`truncate outbox`)
  await db.execute(sql`
    insert into outbox (owner_id, id, name, class, payload, due_at, resend_at)
    select ${ALICE}::bigint, gen_random_uuid(), ${effectJob.name}, ${effectJob.class}, '{"ms": 0}', now() - interval '1 hour',
      now() - nth * interval '1 second' from generate_series(1, ${rows}::int) as nth`)
  await db.execute(sql`analyze outbox`)
  const reads = async () => {
    const [row] = await db.execute<{ changed: number; scanned: number }>(sql`
      select n_tup_upd::int as changed, seq_tup_read::int as scanned from pg_stat_user_tables where relname = 'outbox'`)
    return row ?? { changed: 0, scanned: 0 }
  }
  const before = await reads()
  const next = sql`now() + interval '1 hour'`
  const takes = [
    () => takeDue(db, [effectJob.name], sql`now()`, next, limit),
    () => takePassed(db, [effectJob.name], [{ class: effectJob.class, until: undefined }], next, limit),
  ]
  const taken = new Set<string>()
  for (const take of takes) for (const { id } of await take()) taken.add(id)
  expect(taken.size).toBe(takes.length * limit)
  await expect
    .poll(async () => (await reads()).changed - before.changed, { timeout: 10_000 })
    .toBe(takes.length * limit)
  expect((await reads()).scanned - before.scanned).toBe(0)
})
