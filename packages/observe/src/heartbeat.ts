import { writeFile } from "node:fs/promises"
import type { Logger } from "./logger.ts"

const BEAT_MS = 5_000

/**
 * Writes a file anew every five seconds for as long as the event loop turns: a process that serves no HTTP is alive
 * if the file is young.
 *
 * @returns stops it
 */
export function startHeartbeat(path: string, log: Logger): () => void {
  const beat = () =>
    writeFile(path, "").catch((error: unknown) => log.error({ err: error }, "the heartbeat was not written"))
  void beat()
  const timer = setInterval(beat, BEAT_MS)
  timer.unref()
  return () => clearInterval(timer)
}
