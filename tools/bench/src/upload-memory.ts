import { randomBytes } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import type { System, TierName } from "@tintype/dev"
import { makePhoto, signUp, upload } from "./community.ts"

const AT_ONCE = 20
const MIB = 1024 * 1024
const LARGE_BYTES = 30 * MIB
const TIERS = ["gateway", "api", "worker"] as const satisfies TierName[]

interface Memory {
  now: number
  /** Since the last `forgetPeak`. */
  peak: number
}

function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "latin1")
  const mib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024
  return { now: mib("VmRSS"), peak: mib("VmHWM") }
}

/** See proc(5), `clear_refs`. */
const forgetPeak = (pid: number) => writeFileSync(`/proc/${pid}/clear_refs`, "5")

/** A small photo with much behind its end: all of it goes through the tiers, and developing it takes no time. */
async function largeFile(bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const photo = await makePhoto(64, 64)
  const file = new Uint8Array(bytes)
  for (let at = photo.length; at < bytes; at += MIB) file.set(randomBytes(Math.min(MIB, bytes - at)), at)
  file.set(photo)
  return file
}

/**
 * Resident memory of each tier's process, in MiB, by the kernel's own count (Linux): idle, and the most while files
 * come in at once. The small files tell what as many requests of no size take.
 */
export async function measureUploadMemory(system: System): Promise<Record<string, Record<string, number>>> {
  const token = await signUp(system.gatewayUrl, "hoarder")
  const sizes = { "2 MiB": 2 * MIB, "30 MiB": LARGE_BYTES }
  const rows: Record<string, Record<string, number>> = {}
  const pids = TIERS.map((name) => ({ name, pid: system.tier(name).pid ?? 0 }))
  await upload(system.gatewayUrl, token, await largeFile(MIB))
  for (const { name, pid } of pids) rows[name] = { idle: Math.round(memoryOf(pid).now) }
  for (const [size, bytes] of Object.entries(sizes)) {
    const file = await largeFile(bytes)
    for (const { pid } of pids) forgetPeak(pid)
    await Promise.all(Array.from({ length: AT_ONCE }, () => upload(system.gatewayUrl, token, file)))
    for (const { name, pid } of pids) {
      const row = rows[name] ?? {}
      row[`peak, ${AT_ONCE} × ${size}`] = Math.round(memoryOf(pid).peak)
    }
  }
  return rows
}
