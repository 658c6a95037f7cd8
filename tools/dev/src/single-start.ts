import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

interface Running {
  pid: number
  url: string
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

function read(path: string): Running | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"))
    if (typeof found !== "object" || found === null || !("pid" in found) || !("url" in found))
      return undefined
    return { pid: Number(found.pid), url: String(found.url) }
  } catch {
    return undefined
  }
}

/**
 * Makes sure that one system at a time uses a data folder; the mark of one that is gone does not count.
 *
 * @returns removes the mark
 * @throws an error that tells where the running one is
 */
export function claimDataDir(dataDir: string, url: string): () => void {
  mkdirSync(dataDir, { recursive: true })
  const path = join(dataDir, "running.json")
  const earlier = read(path)
  if (earlier && isAlive(earlier.pid)) {
    throw new Error(
      `Tintype already runs in this checkout: ${earlier.url} (process ${earlier.pid}). Stop it with Ctrl-C there.`,
    )
  }
  rmSync(path, { force: true })
  writeFileSync(path, JSON.stringify({ pid: process.pid, url }), { flag: "wx" })
  return () => rmSync(path, { force: true })
}
