import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { getPriority } from "node:os"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, test, vi } from "vitest"
import { openTestDarkroom } from "./testing/open-test-darkroom.ts"
import { noise, plain } from "./testing/photos.ts"
import { developersOf } from "./testing/processes.ts"

type TestDarkroom = ReturnType<typeof openTestDarkroom>

let opened: TestDarkroom[] = []
const open = (limits?: Parameters<typeof openTestDarkroom>[0]) => {
  const darkroom = openTestDarkroom(limits)
  opened.push(darkroom)
  return darkroom
}
afterEach(() => {
  for (const darkroom of opened) darkroom.close()
  opened = []
})

/** A photo that takes more than a second. */
const slow = () => plain(9500, 9500).png({ compressionLevel: 1 }).toBuffer()
const small = () => plain(50, 50).png()
/** What a process has computed so far, in hundredths of a second: one that only waits does not. */
const ticksOf = (pid: number) => Number(readFileSync(`/proc/${pid}/stat`, "latin1").split(" ")[13])
const isRunning = (pid: number) => {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "latin1"))
  } catch {
    return false
  }
}

describe("a child process", { timeout: 120_000 }, () => {
  test("that is killed fails its own photo alone, and leaves nothing", async () => {
    const darkroom = open({ concurrency: 2 })
    const [large, other] = [await slow(), await noise(1500, 1500).png().toBuffer()]
    await darkroom.develop(small())
    const doomed = darkroom.develop(large)
    const [victim = 0] = await vi.waitUntil(
      () => darkroom.temporary().length === 1 && developersOf(process.pid),
    )
    const innocent = darkroom.develop(other)
    await vi.waitUntil(() => darkroom.temporary().length === 2)
    const before = ticksOf(victim)
    await vi.waitUntil(() => ticksOf(victim) > before + 5, { interval: 10, timeout: 10_000 })
    process.kill(victim, "SIGKILL")
    await expect(doomed).rejects.toMatchObject({ name: "DevelopCrash", why: "crashed" })
    expect((await innocent).outcome.developed?.width).toBe(1500)
    expect((await darkroom.develop(small())).outcome.developed?.width).toBe(50)
    expect(darkroom.temporary()).toEqual([])
  })

  test("that dies while it waits is replaced", async () => {
    const darkroom = open()
    for (let round = 0; round < 3; round++) {
      const pids = await vi.waitUntil(() => developersOf(process.pid))
      for (const pid of pids) process.kill(pid, "SIGKILL")
      await vi.waitUntil(() => !pids.some(isRunning))
      expect((await darkroom.develop(small())).outcome.developed?.width).toBe(50)
    }
  })

  test("that does not answer in time is killed", async () => {
    const darkroom = open({ seconds: 3, concurrency: 1 })
    await darkroom.develop(small())
    const [frozen = 0] = developersOf(process.pid)
    process.kill(frozen, "SIGSTOP")
    await expect(darkroom.develop(small())).rejects.toMatchObject({ name: "DevelopCrash", why: "timeout" })
    await vi.waitUntil(() => !isRunning(frozen))
    expect(darkroom.temporary()).toEqual([])
  })

  test("that needs more memory than it may is ended", async () => {
    const darkroom = open({ memoryMib: 160, concurrency: 1 })
    // All coefficients of a progressive JPEG are held at once: 400 MB for this one.
    const greedy = plain(9000, 9000).jpeg({ progressive: true, chromaSubsampling: "4:4:4" })
    await expect(darkroom.develop(greedy)).rejects.toMatchObject({ name: "DevelopCrash", why: "memory" })
    expect((await darkroom.develop(small())).outcome.developed?.width).toBe(50)
  })

  test("ends when its photo is called off", async () => {
    const darkroom = open({ concurrency: 1 })
    const abort = new AbortController()
    const run = darkroom.develop(await slow(), abort.signal)
    const [pid = 0] = await vi.waitUntil(() => darkroom.temporary().length === 1 && developersOf(process.pid))
    abort.abort(new Error("called off"))
    await expect(run).rejects.toThrow("called off")
    await vi.waitUntil(() => !isRunning(pid))
  })

  test("is not asked for a photo that is called off while it waits for its turn", async () => {
    const darkroom = open({ concurrency: 1 })
    const first = darkroom.develop(await slow())
    await vi.waitUntil(() => darkroom.temporary().length === 1)
    const abort = new AbortController()
    const second = darkroom.develop(small(), abort.signal)
    await vi.waitUntil(() => darkroom.temporary().length === 2)
    abort.abort(new Error("called off"))
    await expect(second).rejects.toThrow("called off")
    const third = darkroom.develop(small())
    expect((await first).outcome.developed?.width).toBe(2048)
    expect((await third).outcome.developed?.width).toBe(50)
  })

  test("finishes its photo when the terminal is told to stop", async () => {
    const darkroom = open({ concurrency: 1 })
    await darkroom.develop(small())
    const run = darkroom.develop(await slow())
    await vi.waitUntil(() => darkroom.temporary().length === 1)
    for (const pid of developersOf(process.pid)) {
      process.kill(pid, "SIGINT")
      process.kill(pid, "SIGTERM")
    }
    expect((await run).outcome.developed?.width).toBe(2048)
  })

  test("gets as many photos at once as it was told and no more", async () => {
    const darkroom = open({ concurrency: 2 })
    const photo = await noise(600, 600).png().toBuffer()
    let most = 0
    const run = Promise.all(Array.from({ length: 8 }, () => darkroom.develop(photo)))
    const watch = setInterval(() => {
      most = Math.max(most, developersOf(process.pid).length)
    }, 20)
    const outcomes = await run.finally(() => clearInterval(watch))
    expect(outcomes.every(({ outcome }) => outcome.developed)).toBe(true)
    expect(most).toBe(2)
  })

  test("holds no more memory after many photos than after a few", async () => {
    const darkroom = open({ concurrency: 1 })
    const photo = await noise(1600, 1200).jpeg().toBuffer()
    for (let at = 0; at < 8; at++) await darkroom.develop(photo)
    const [pid = 0] = developersOf(process.pid)
    const resident = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) / 1024
    await expect.poll(resident, { timeout: 5000 }).toBeLessThan(160)
    expect(developersOf(process.pid)).toEqual([pid])
  })

  test("knows nothing of its parent's environment, dumps no core and yields to others", async () => {
    const darkroom = open({ concurrency: 1 })
    await darkroom.develop(small())
    const [pid = 0] = developersOf(process.pid)
    const names = readFileSync(`/proc/${pid}/environ`, "latin1")
      .split("\0")
      .map((entry) => entry.split("=")[0] ?? "")
    const expected = /^(|PWD|OLDPWD|SHLVL|_|MALLOC_\w+|NODE_CHANNEL_\w+)$/
    expect(names.filter((name) => !expected.test(name))).toEqual([])
    const limits = readFileSync(`/proc/${pid}/limits`, "latin1")
    expect(limits).toMatch(/Max core file size +0 /)
    expect(limits).toMatch(new RegExp(`Max data size +${(700 + 768) * 1024 * 1024} `))
    expect(Number(execFileSync("ps", ["-o", "ni=", "-p", String(pid)], { encoding: "utf8" }))).toBe(
      getPriority() + 5,
    )
  })
})

describe("a parent", { timeout: 60_000 }, () => {
  test("that is killed takes its children along", async () => {
    const program = `
      const { openTestDarkroom } = await import(${JSON.stringify(new URL("./testing/open-test-darkroom.ts", import.meta.url).href)})
      const { plain } = await import(${JSON.stringify(new URL("./testing/photos.ts", import.meta.url).href)})
      const darkroom = openTestDarkroom({ concurrency: 1 })
      await darkroom.develop(plain(20, 20).png())
      console.log(darkroom.dir)
      await darkroom.develop(await plain(9500, 9500).png({ compressionLevel: 1 }).toBuffer())
    `
    const cwd = fileURLToPath(new URL(".", import.meta.url))
    const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
      cwd,
      stdio: ["ignore", "pipe", "inherit"],
    })
    await once(parent.stdout, "data")
    const pids = developersOf(parent.pid ?? 0)
    expect(pids.length).toBe(1)
    parent.kill("SIGKILL")
    await vi.waitUntil(() => !pids.some(isRunning), { timeout: 5000 })
    expect(pids.some(isRunning)).toBe(false)
  })
})
