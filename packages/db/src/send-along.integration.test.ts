import { test } from "@tintype/testkit"
import { sql } from "drizzle-orm"
import { expect, onTestFinished } from "vitest"
import { openDatabase } from "./open-db.ts"
import { sendAlong, sqlState } from "./transaction.ts"

const write = (n: number) => sql`insert into along values (${n}::int)`

/** A pool behind the pooler, and what it has committed. */
async function openAlong(url: string) {
  const { db, close } = openDatabase({ url, poolSize: 3 })
  onTestFinished(close)
  await db.execute(sql`create table if not exists along (n int primary key)`)
  await db.execute(sql`truncate along`)
  const written = async () =>
    (await db.execute<{ n: number }>(sql`select n from along order by n`)).map(({ n }) => n)
  return { db, written }
}

test("what is sent along belongs to its transaction, whatever follows it", async ({ database }) => {
  const { db, written } = await openAlong(database.url)
  await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      db.transaction(async (tx) => {
        if (n % 2 === 0) await tx.execute(write(100 + n))
        await sendAlong(tx, write(n))
        if (n % 4 === 1) await tx.execute(write(100 + n))
      }),
    ),
  )
  await expect(
    db.transaction(async (tx) => {
      await sendAlong(tx, write(90))
      throw new Error("no")
    }),
  ).rejects.toThrow("no")
  await sendAlong(db, write(91))
  const all = Array.from({ length: 40 }, (_, n) => n)
  expect(await written()).toEqual([...all, 91, ...all.filter((n) => n % 4 !== 3).map((n) => 100 + n)])
})

test("a transaction whose last statement failed unheard fails, and nothing of it is there", async ({
  database,
}) => {
  const { db, written } = await openAlong(database.url)
  await db.execute(write(1))
  const failed = db.transaction(async (tx) => {
    await tx.execute(write(2))
    await sendAlong(tx, write(1))
    return "committed"
  })
  expect(await failed.catch(sqlState)).toBe("23505")
  expect(await written()).toEqual([1])
  await db.transaction((tx) => sendAlong(tx, write(3)))
  expect(await written()).toEqual([1, 3])
})

test("a savepoint answers for what was sent along in it", async ({ database }) => {
  const { db, written } = await openAlong(database.url)
  await db.execute(write(1))
  await db.transaction(async (tx) => {
    const inner = tx.transaction(async (savepoint) => {
      await savepoint.execute(write(2))
      await sendAlong(savepoint, write(1))
    })
    expect(await inner.catch(sqlState)).toBe("23505")
    await tx.execute(write(3))
  })
  expect(await written()).toEqual([1, 3])
})
