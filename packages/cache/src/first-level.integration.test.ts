import { mkdtempSync, rmSync } from "node:fs"
import { connect, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, startRedis } from "@tintype/dev"
import { test } from "@tintype/testkit"
import { describe, expect, onTestFinished } from "vitest"
import { defineEntry } from "./define-entry.ts"
import { openProcess } from "./testing/open-process.ts"

interface Word {
  text: string
}

const wordEntry = defineEntry<string, Word>({
  name: "word",
  shape: 1,
  ttlSeconds: 100,
  id: (id) => id,
  firstLevel: true,
})
const key = wordEntry.key("a,b")

/** A way to Redis on which answers can be held up. */
async function openSlowWay(url: string) {
  const { hostname, port } = new URL(url)
  const upstreams = new Set<Socket>()
  const server = createServer((socket) => {
    const upstream = connect(Number(port), hostname)
    upstreams.add(upstream)
    socket.pipe(upstream).pipe(socket)
    for (const end of [socket, upstream])
      end.on("error", () => [socket, upstream].map((each) => each.destroy()))
    socket.on("close", () => upstream.destroy())
  })
  const listening = await freePort()
  await new Promise<void>((resolve) => server.listen(listening, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return {
    url: `redis://127.0.0.1:${listening}`,
    hold() {
      for (const upstream of upstreams) upstream.unpipe().pause()
    },
  }
}

/** A row, and processes that read and write it. */
function openRow(url: string, prefix: string) {
  const row = { version: 1, value: { text: "old" } as Word | null }
  const load = async () => row
  const open = (trackingUrl = url) =>
    openProcess({
      url,
      prefix,
      settleMs: 100,
      probeMs: 50,
      readOwed: async () => [],
      firstLevel: { url: trackingUrl, entries: [wordEntry] },
    })
  type Process = ReturnType<typeof open>
  const read = async ({ cache }: Process) => (await cache.read(key, load))?.text
  return {
    open,
    read,
    /** Until the process answers by itself: reads that come soon after each other do. */
    async untilOwn(process: Process) {
      const { firstLevelHits } = process.cache.counters
      const answers = async () => {
        await read(process)
        return process.cache.counters.firstLevelHits
      }
      await expect.poll(answers, { interval: 2, timeout: 20_000 }).toBeGreaterThan(firstLevelHits)
      return read(process)
    },
    async write(process: Process, text: string | null) {
      const next = { version: row.version + 1, value: text === null ? null : { text } }
      const write = await process.cache.beginWrite([{ key, next }])
      Object.assign(row, next)
      return write
    },
  }
}

describe("a process' own first level", { timeout: 60_000 }, () => {
  test("answers without a round trip, and never what was there before a write was acknowledged", async ({
    redis,
  }) => {
    const { open, read, untilOwn, write } = openRow(redis.cacheUrl, `${redis.prefix}first:`)
    await using one = open()
    await using other = open()
    for (const text of ["new", "newer", "newest"]) {
      await untilOwn(one)
      await untilOwn(other)
      await (await write(one, text)).publish()
      expect([await read(one), await read(other)]).toEqual([text, text])
      expect(await untilOwn(other)).toBe(text)
    }
    await (await write(other, null)).publish()
    expect([await read(one), await read(other)]).toEqual([undefined, undefined])
  })

  test("answers nothing old when it hears of a write only after its acknowledgement", async ({ redis }) => {
    const { open, read, untilOwn, write } = openRow(redis.cacheUrl, `${redis.prefix}late:`)
    const way = await openSlowWay(redis.cacheUrl)
    await using one = open()
    await using other = open(way.url)
    await (await write(one, "so that Redis knows the scripts")).publish()
    await untilOwn(other)
    way.hold()
    await (await write(one, "new")).publish()
    expect(await read(other)).toBe("new")
  })

  test("hears of a write whose value Redis has evicted, of a flush, and of what is forgotten", async ({
    redis,
  }) => {
    const prefix = `${redis.prefix}heard:`
    const { open, read, untilOwn, write } = openRow(redis.cacheUrl, prefix)
    await using one = open()
    await using other = open()
    await untilOwn(other)
    await one.redis.send("del", `${prefix}${key.key}`)
    await (await write(one, "new")).publish()
    expect(await read(other)).toBe("new")
    await untilOwn(other)
    await one.cache.forget([key.key])
    const { firstLevelHits } = other.cache.counters
    await read(other)
    expect(other.cache.counters.firstLevelHits).toBe(firstLevelHits)
  })

  test("is empty after its connection was lost", async () => {
    const dir = mkdtempSync(join(tmpdir(), "tintype-first-"))
    const port = await freePort()
    const start = () => startRedis({ dir, port, kind: "cache" })
    let server = await start()
    onTestFinished(async () => {
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    })
    const { open, read, untilOwn, write } = openRow(server.url, "lost:")
    await using one = open()
    await using other = open()
    await untilOwn(other)
    server.kill("SIGKILL")
    await server.stop()
    await (await write(one, "new")).publish()
    expect(await read(other)).toBe("new")
    server = await start()
    expect(await untilOwn(other)).toBe("new")
  })
})
