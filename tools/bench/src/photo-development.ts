import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { System } from "@tintype/dev"
import { openBlobStore, openDarkroom } from "@tintype/media"
import { createLogger } from "@tintype/observe"
import { call, makePhoto, signUp, upload } from "./community.ts"

const SIZES = { "612 px": [612, 612], "2 MP": [1632, 1224], "12 MP": [4000, 3000] } as const
const ONE_BY_ONE = 20
const AT_ONCE = 24

type Photo = Uint8Array<ArrayBuffer>

interface Taken {
  ms: number
  /** The processor's time, which is the same on a busy machine. */
  cpuMs: number
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)
}

/** A worker's darkroom and nothing around it: what sharp alone takes for the same photo, in the same kind of child. */
function openSharpAlone() {
  const dir = mkdtempSync(join(tmpdir(), "tintype-sharp-"))
  const limits = { concurrency: 1, memoryMib: 768, seconds: 60 }
  const darkroom = openDarkroom({
    blobs: openBlobStore({ dir }),
    log: createLogger("bench", "silent"),
    ...limits,
  })
  let count = 0
  return {
    /** @returns from reading the original to the written files: what the clock says, and what the processor */
    async develop(photo: Photo): Promise<Taken> {
      const id = ++count
      const original = `originals/1/${id}/${"0".repeat(64)}`
      mkdirSync(dirname(join(dir, original)), { recursive: true })
      writeFileSync(join(dir, original), photo)
      const { developed } = await darkroom.develop(original, `1/${id}/1`, AbortSignal.timeout(60_000))
      if (!developed) throw new Error("the photo was refused")
      return { ms: developed.sharpMs, cpuMs: developed.cpuMs }
    },
    close() {
      darkroom.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** How long each takes, turn by turn, so that whatever else the machine does hits both alike. */
async function takeTurns(photo: Photo, ways: ((photo: Photo) => Promise<Taken>)[]): Promise<Taken[][]> {
  const times: Taken[][] = ways.map(() => [])
  for (const way of ways) await way(photo)
  for (let round = 0; round < ONE_BY_ONE; round++) {
    for (const [index, way] of ways.entries()) times[index]?.push(await way(photo))
  }
  return times
}

const TICKS_PER_SECOND = 100

/** What a process has used of the processor, without its children: proc(5), `stat`. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /s, "")
    .split(" ")
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
}

const cpuMsOfTiers = ({ tiers }: System) => tiers.reduce((sum, { pid }) => sum + (pid ? cpuMsOf(pid) : 0), 0)

/** From the upload's first byte to the answer with the finished photo, on a system that does nothing else. */
export async function measureDevelopment(system: System): Promise<Record<string, Record<string, number>>> {
  const token = await signUp(system.gatewayUrl, "photographer")
  const alone = openSharpAlone()
  const rows: Record<string, Record<string, number>> = {}
  const send = async (photo: Photo): Promise<Taken> => {
    const [started, startedCpu] = [performance.now(), cpuMsOfTiers(system)]
    await upload(system.gatewayUrl, token, photo)
    return { ms: performance.now() - started, cpuMs: cpuMsOfTiers(system) - startedCpu }
  }
  for (const [name, [width, height]] of Object.entries(SIZES)) {
    const photo = await makePhoto(width, height)
    const [ready = [], sharpAlone = []] = await takeTurns(photo, [send, alone.develop])
    const started = performance.now()
    await Promise.all(Array.from({ length: AT_ONCE }, () => upload(system.gatewayUrl, token, photo)))
    rows[name] = { ...columnsOf(ready, sharpAlone), "photos/s": perSecond(AT_ONCE, started) }
  }
  alone.close()
  return rows
}

function columnsOf(ready: readonly Taken[], sharpAlone: readonly Taken[]): Record<string, number> {
  const clock = (taken: readonly Taken[], share: number) =>
    percentile(
      taken.map(({ ms }) => ms),
      share,
    )
  const processor = (taken: readonly Taken[]) =>
    Math.round(taken.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / taken.length)
  return {
    "ready p50": clock(ready, 0.5),
    "ready p95": clock(ready, 0.95),
    "sharp p50": clock(sharpAlone, 0.5),
    "sharp p95": clock(sharpAlone, 0.95),
    "rest p50": clock(ready, 0.5) - clock(sharpAlone, 0.5),
    "sharp CPU": processor(sharpAlone),
    "rest CPU": processor(ready),
  }
}

const perSecond = (count: number, started: number) =>
  Number((count / ((performance.now() - started) / 1000)).toFixed(1))

/** Posts a second by one client after another, photos already developed. */
export async function measurePosts(system: System): Promise<number> {
  const token = await signUp(system.gatewayUrl, "poster")
  const photo = await makePhoto(64, 64)
  const ids = await Promise.all(Array.from({ length: 100 }, () => upload(system.gatewayUrl, token, photo)))
  const started = performance.now()
  const clients = Array.from({ length: 8 }, async (_, client) => {
    for (let index = client; index < ids.length; index += 8) {
      await call(`${system.gatewayUrl}/api/v1/statuses`, token, { status: "bench", media_ids: [ids[index]] })
    }
  })
  await Promise.all(clients)
  return Math.round(ids.length / ((performance.now() - started) / 1000))
}
