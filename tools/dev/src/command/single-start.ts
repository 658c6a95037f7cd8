import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { processInfo } from "../services/process-info.ts"

interface Claim {
  pid: number
  /** With the id it names one process for ever: ids come again, above all in containers. */
  startedAt: string
  url: string
}

function readClaim(path: string): Claim | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"))
    if (typeof found !== "object" || found === null) return undefined
    if (!("pid" in found) || !("startedAt" in found) || !("url" in found)) return undefined
    return { pid: Number(found.pid), startedAt: String(found.startedAt), url: String(found.url) }
  } catch {
    return undefined
  }
}

/** Takes the claim's place unless there is one already: linking is one step, so that of two only one succeeds. */
function take(path: string, claim: Claim): boolean {
  const own = `${path}.${process.pid}`
  writeFileSync(own, JSON.stringify(claim))
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

/**
 * Makes sure that one system at a time uses a data folder; the claim of one that is gone does not count.
 *
 * @returns gives the folder free again
 * @throws an error that tells where the running one is, or that the folder is another user's
 */
export function claimDataDir(dataDir: string, url: string): () => void {
  const path = join(dataDir, "running.json")
  const startedAt = processInfo(process.pid)?.startedAt ?? ""
  try {
    mkdirSync(dataDir, { recursive: true })
    while (!take(path, { pid: process.pid, startedAt, url })) {
      const other = readClaim(path)
      if (other && processInfo(other.pid)?.startedAt === other.startedAt)
        throw new Error(
          `Tintype already runs in this checkout: ${other.url} (process ${other.pid}). Stop it with Ctrl-C there.`,
        )
      rmSync(path, { force: true })
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EACCES")) throw error
    throw new Error(`${dataDir} belongs to another user. Start as that user, or remove it for a fresh start.`)
  }
  return () => rmSync(path, { force: true })
}
