import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type System, type SystemOptions, startSystem } from "@tintype/dev"

/** The whole system, from its sources, with data of its own that goes with it. */
export async function openSystem(options: Partial<SystemOptions> = {}): Promise<System> {
  const dataDir = mkdtempSync(join(tmpdir(), "tintype-e2e-"))
  const lines: string[] = []
  const system = await startSystem({
    dataDir,
    durable: false,
    onLine: (tier, line) => {
      lines.push(`${tier} ${line}`)
      if (lines.length > 60) lines.shift()
    },
    ...options,
  })
  const stop = async () => {
    await system.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    await system.untilHealthy()
  } catch (error) {
    await stop()
    throw new Error(`${error instanceof Error ? error.message : error}\n${lines.join("\n")}`)
  }
  return { ...system, stop }
}
