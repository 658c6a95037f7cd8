import { once } from "node:events"
import { connect, createServer } from "node:net"
import { test } from "@tintype/testkit"
import { sql } from "drizzle-orm"
import { expect, onTestFinished } from "vitest"
import { openDatabase } from "./open-db.ts"

/** Passes everything on to the pooler and notes with which message each piece begins that the client sends. */
async function listenIn(databaseUrl: string) {
  const url = new URL(databaseUrl)
  const port = Number(url.port)
  const sent: string[] = []
  const server = createServer((client) => {
    const pooler = connect(port, url.hostname)
    client.on("data", (chunk: Buffer) => sent.push(chunk.toString("latin1", 0, 1)))
    client.pipe(pooler).pipe(client)
    for (const [one, other] of [
      [client, pooler],
      [pooler, client],
    ] as const)
      one.on("error", () => other.destroy()).on("close", () => other.destroy())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => void server.close())
  const address = server.address()
  url.port = String(typeof address === "object" ? address?.port : "")
  return { url: url.href, sent }
}

test("a statement with parameters takes one round trip, in and out of a transaction", async ({
  database,
}) => {
  const { url, sent } = await listenIn(database.url)
  const { db, close } = openDatabase({ url, poolSize: 1 })
  await db.execute(sql`select ${"warm"}::text`)
  sent.length = 0
  await db.execute(sql`select ${"one"}::text`)
  await db.transaction(async (tx) => {
    await tx.execute(sql`select ${"two"}::text`)
    await tx.transaction((savepoint) => savepoint.execute(sql`select ${"three"}::text`))
  })
  // Each Parse brings its Bind along: of the three statements, of the savepoint and of COMMIT.
  expect(sent.filter((each) => "PB".includes(each))).toEqual(["P", "P", "P", "P", "P"])
  await close()
})

test("parameters arrive as what they are", async ({ database }) => {
  const { db, close } = openDatabase({ url: database.url, poolSize: 1 })
  const [row] = await db.execute(sql`
    select ${new Date(1.7e12)}::timestamptz = to_timestamp(1700000000) as date, ${null}::int is null as empty,
      ${Buffer.from("a\\b\0")}::bytea = '\\x615c6200' as bytes, ${true}::bool as yes, ${9007199254740993n}::bigint as big,
      ${"it's \\ 'quoted'"}::text as text`)
  expect(row).toEqual({
    date: true,
    empty: true,
    bytes: true,
    yes: true,
    big: "9007199254740993",
    text: "it's \\ 'quoted'",
  })
  await expect(db.execute(sql`select ${{ an: "object" }}::jsonb`)).rejects.toThrow()
  await close()
})

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
