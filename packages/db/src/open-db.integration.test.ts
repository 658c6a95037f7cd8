import { test } from "@tintype/testkit"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import { openDatabase } from "./open-db.ts"

test("statements with and without parameters share a small pool behind the pooler, and all are answered", async ({
  database,
}) => {
  const { db, close } = openDatabase({ url: database.url, poolSize: 10 })
  const ask = (number: number) => db.execute(number % 3 === 0 ? sql`select ${number}::int` : sql`select 1`)
  for (let round = 0; round < 10; round++) {
    expect(await Promise.all(Array.from({ length: 60 }, (_, number) => ask(number)))).toHaveLength(60)
  }
  await close()
})
