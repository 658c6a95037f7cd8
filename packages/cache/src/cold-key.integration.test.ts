import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"

const READER = fileURLToPath(new URL("testing/cold-reader.ts", import.meta.url))
const PROCESSES = 4

/** Answers the questions of the readers, slowly, and counts those for the database. */
class Database {
  queries = 0

  async answer(reader: ChildProcess): Promise<void> {
    this.queries += 1
    await sleep(200)
    reader.send("row")
  }
}

async function readAll(reader: ChildProcess, database: Database): Promise<unknown> {
  const exited = once(reader, "exit").then(() => "exited")
  return Promise.race([
    exited,
    new Promise((resolve) => {
      reader.on("message", (message) => {
        if (message === "load") void database.answer(reader)
        else resolve(message)
      })
      reader.send("go")
    }),
  ])
}

describe("a thousand readers of a cold key in four processes", () => {
  test("cause one query", async ({ redis }) => {
    const prefix = `${redis.prefix}cold:`
    const readers = Array.from({ length: PROCESSES }, () =>
      fork(READER, [redis.cacheUrl, prefix, String(1000 / PROCESSES)]),
    )
    await Promise.all(readers.map((reader) => once(reader, "message")))
    const database = new Database()
    const seen = await Promise.all(readers.map((reader) => readAll(reader, database)))
    expect(seen).toEqual(Array.from({ length: PROCESSES }, () => ({ texts: ["hot"] })))
    expect(database.queries).toBe(1)
  })
})
