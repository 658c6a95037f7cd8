import { setTimeout as sleep } from "node:timers/promises"
import { test } from "@tintype/testkit"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import { type Db, openDatabase } from "./open-db.ts"

const ONE = sql`select 1 as one`

/** A transaction whose connection is cut in its middle and that does not heed it. */
function heedless(db: Db, cutOff: (pid: number) => Promise<unknown>, between: () => Promise<unknown>) {
  return db.transaction(async (tx) => {
    const [row] = await tx.execute<{ pid: number }>(sql`
      with written as (insert into cut values ('before')) select pg_backend_pid() as pid`)
    await cutOff(row?.pid ?? 0)
    await between()
    for (let n = 0; n < 3; n++) {
      await tx.execute(sql`insert into cut values ('after')`).catch(() => undefined)
      await sleep(5)
    }
  })
}

test("a transaction whose connection is cut fails alone, and does nothing on the connection of another", async ({
  database,
}) => {
  const { db, close } = openDatabase({ url: database.directUrl, poolSize: 1 })
  const killer = openDatabase({ url: database.directUrl, poolSize: 1 })
  const cutOff = (pid: number) => killer.db.execute(sql`select pg_terminate_backend(${pid})`)
  await db.execute(sql`create table cut (step text)`)
  for (const between of [
    async () => {},
    () => sleep(20),
    // Whoever waits for a connection gets the next one, if it was not given the one that is cut.
    () => Promise.all([db.execute(ONE).catch(() => undefined), sleep(20)]),
  ]) {
    await expect(heedless(db, cutOff, between)).rejects.toThrow()
    await sleep(40)
    expect(await db.execute(ONE)).toEqual([{ one: 1 }])
    expect(await db.execute(sql`select step from cut`)).toEqual([])
  }
  await Promise.all([close(), killer.close()])
})
