import { test } from "@tintype/testkit"
import { Redis } from "ioredis"
import { expect } from "vitest"
import { Notes } from "./testing/notes.ts"
import { openProcess } from "./testing/open-process.ts"
import { createCounterBoard } from "./told-counters.ts"

test("a process sees what the others told, and what it does itself right now", async ({ redis }) => {
  const options = { url: redis.cacheUrl, prefix: `${redis.prefix}told:`, everyMs: 20 }
  await using api = openProcess(options)
  await using worker = openProcess(options)
  const notes = new Notes()
  notes.put(1, "there")
  await notes.read(worker.cache, 1)
  await notes.read(worker.cache, 1)
  const [first, second] = [api, worker].map((each) => createCounterBoard(each.redis, each.cache, options))
  const stop = second?.keepTelling("worker")
  const told = async () =>
    (await first?.tell("api"))?.map(({ service, counters: { hits } }) => [service, hits])

  await expect
    .poll(async () => (await told())?.sort())
    .toEqual([
      ["api", 0],
      ["worker", 1],
    ])
  await notes.read(api.cache, 1)
  expect((await told())?.sort()).toEqual([
    ["api", 1],
    ["worker", 1],
  ])
  stop?.()
  expect(await first?.readBytes()).toMatchObject({ used: expect.any(Number) })
})

test("what was told long ago is dropped, what makes no sense is left out", async ({ redis }) => {
  const options = { url: redis.cacheUrl, prefix: `${redis.prefix}old:` }
  await using process = openProcess(options)
  const gone = createCounterBoard(process.redis, process.cache, options)
  await gone.tell("gone")
  const client = new Redis(redis.cacheUrl)
  const key = `${options.prefix}cache-counters`
  const fields = await client.hkeys(key)
  await client.hset(key, fields[0] ?? "", `${Date.now() - 60_000} {"service":"gone"}`)
  await client.hset(key, "odd", "neither time nor words")
  await client.hset(key, "other", `${Date.now()} {"service":"newer","counters":{"hits":3,"misses":"x"}}`)
  await client.hset(key, "short", `${Date.now()} "text"`)
  await client.hset(key, "cut", `${Date.now()} {"service":"cut"`)
  const told = await createCounterBoard(process.redis, process.cache, options).tell("api")
  expect(told.map(({ service, counters }) => [service, counters.hits, counters.misses]).sort()).toEqual([
    ["api", 0, 0],
    ["newer", 3, 0],
  ])
  expect((await client.hkeys(key)).length).toBe(4)
  expect(await client.pttl(key)).toBeGreaterThan(0)
  client.disconnect()
})

test("while Redis is away there are the process' own", async () => {
  await using process = openProcess({ url: "redis://127.0.0.1:1", timeoutMs: 100 })
  const board = createCounterBoard(process.redis, process.cache)
  expect(await board.tell("api")).toMatchObject([{ service: "api", inUse: false }])
  expect(await board.readBytes()).toBeNull()
})
