import { cp, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { test } from "@tintype/testkit"
import { sql } from "drizzle-orm"
import postgres from "postgres"
import { describe, expect } from "vitest"
import { ID_EPOCH_MS, parseId, shardOf, timeOf } from "./ids.ts"
import { migrate } from "./migrate.ts"
import { newIdOf } from "./next-id.ts"
import { openDatabase } from "./open-db.ts"
import * as schema from "./schema/index.ts"

const owner = (shard: number) => {
  const id = parseId<"account">(String((1n << 40n) | BigInt(shard << 10)))
  if (!id) throw new Error("no id")
  return id
}

describe("migrating", () => {
  test("runs each file once, also when two run at the same time", async ({ database }) => {
    const [one, two] = await Promise.all([
      migrate({ url: database.directUrl }),
      migrate({ url: database.directUrl }),
    ])
    expect([...one, ...two]).toEqual([])
  })

  test("lets two builds of an index in the background take turns", async ({ database, blobDir }) => {
    await cp(new URL("../migrations", import.meta.url), blobDir, { recursive: true })
    const index = "-- no transaction\ncreate index concurrently two_at_once on posts (created_at)"
    await writeFile(join(blobDir, "9999_index.sql"), index)
    const options = { url: database.directUrl, folder: blobDir }
    const ran = await Promise.all([migrate(options), migrate(options)])
    expect(ran.flat()).toEqual(["9999_index.sql"])
  })

  test("gives a migration of a database in use all the time it needs, and waits little for a lock", async ({
    database,
    blobDir,
  }) => {
    await cp(new URL("../migrations", import.meta.url), blobDir, { recursive: true })
    const limits = ["statement_timeout", "transaction_timeout", "lock_timeout"]
    const seen = limits.map((limit) => `current_setting('${limit}') as ${limit}`).join()
    await writeFile(join(blobDir, "9999_limits.sql"), `create table limits as select ${seen}`)
    await migrate({ url: database.directUrl, folder: blobDir })

    const session = postgres(database.directUrl, { max: 1 })
    const told = await session`select * from limits`
    await session.end()
    expect(told).toEqual([{ statement_timeout: "1d", transaction_timeout: "1d", lock_timeout: "5s" }])
  })

  test("fills the lists of tags and likes from the posts that were there before", async ({
    database,
    blobDir,
  }) => {
    const older = join(blobDir, "older")
    await cp(new URL("../migrations", import.meta.url), older, {
      recursive: true,
      filter: (path) => !path.endsWith(".sql") || basename(path) < "0005",
    })
    const server = postgres(database.directUrl, { max: 1 })
    const name = `${database.name}_old`
    await server.unsafe(`create database ${name} template template0`)
    const url = database.directUrl.replace(database.name, name)
    await migrate({ url, folder: older })
    const old = postgres(url, { max: 1 })
    await old`insert into posts (owner_id, id, caption, visibility, sensitive, spoiler_text, mentions, tags) values
      (5, 1, '', 'public', false, '', '[]', '{sea,sun}'), (5, 2, '', 'unlisted', false, '', '[]', '{sea}'),
      (6, 3, '', 'public', false, '', '[]', '{sea}'), (6, 4, '', 'public', false, '', '[]', '{}')`
    await old`insert into favourites (owner_id, post_id, account_id, active, created_at) values
      (5, 1, 2048, true, '2026-02-02'), (6, 3, 2048, true, '2026-01-01'), (6, 4, 2048, false, '2026-03-03')`
    expect(await migrate({ url })).toEqual(expect.arrayContaining(["0005_timelines.sql"]))
    expect(await old`select tag, post_id, owner_id from post_tags order by tag, post_id`).toEqual([
      { tag: "sea", post_id: "1", owner_id: "5" },
      { tag: "sea", post_id: "3", owner_id: "6" },
      { tag: "sun", post_id: "1", owner_id: "5" },
    ])
    const likes =
      await old`select post_id, owner_id, id >> 10 & 8191 as shard from likes order by account_id, id`
    expect(likes).toEqual([
      { post_id: "3", owner_id: "6", shard: "2" },
      { post_id: "1", owner_id: "5", shard: "2" },
    ])
    await old.end()
    await server.unsafe(`drop database ${name} with (force)`)
    await server.end()
  })

  test("refuses a file that was changed after it ran", async ({ database }) => {
    const client = postgres(database.directUrl, { max: 1 })
    await client`update schema_migrations set checksum = 'x' || checksum`
    await expect(migrate({ url: database.directUrl })).rejects.toThrow("was changed after it ran")
    await client`update schema_migrations set checksum = substr(checksum, 2)`
    await client.end()
  })

  test("makes exactly the tables and columns that the code knows", async ({ database }) => {
    const { db, close } = openDatabase({ url: database.url, poolSize: 1 })
    for (const table of Object.values(schema)) {
      if (typeof table === "object")
        await expect(db.select().from(table).limit(1)).resolves.toBeInstanceOf(Array)
    }
    await close()
  })
})

describe("ids", () => {
  test("rise strictly within a shard and never come twice, however many ask at once", async ({
    database,
  }) => {
    const { db, close } = openDatabase({ url: database.url, poolSize: 10 })
    const before = Date.now()
    const ids = await Promise.all(Array.from({ length: 500 }, () => newIdOf(db, owner(77))))
    expect(new Set(ids).size).toBe(500)
    expect(ids.every((id) => shardOf(id) === 77)).toBe(true)
    expect(Math.abs(timeOf(ids[0] ?? owner(0)).getTime() - before)).toBeLessThan(60_000)
    const first = await newIdOf(db, owner(77))
    const second = await newIdOf(db, owner(77))
    expect(BigInt(second)).toBeGreaterThan(BigInt(first))
    await close()
  })

  test("go on rising when the clock was set back", async ({ database }) => {
    const { db, close } = openDatabase({ url: database.url, poolSize: 1 })
    const ahead = Date.now() - ID_EPOCH_MS + 3_600_000
    await db.execute(
      sql`insert into id_shards (shard, last) values (99, ${String(BigInt(ahead) << 10n)}::bigint)`,
    )
    const one = await newIdOf(db, owner(99))
    const two = await newIdOf(db, owner(99))
    expect(BigInt(two)).toBe(BigInt(one) + 1n)
    expect(timeOf(one).getTime()).toBe(ahead + ID_EPOCH_MS)
    await close()
  })
})
