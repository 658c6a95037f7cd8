import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

/** A replica in a process of its own. */
export interface BackendProcess {
  origin: string
  port: number
  pid: string
  child: ChildProcess
}

/** Starts `backend-process.ts`, on a free port unless said otherwise, and kills it when the test ends. */
export async function spawnBackend(port = 0): Promise<BackendProcess> {
  const child = fork(fileURLToPath(new URL("./backend-process.ts", import.meta.url)), [String(port)])
  onTestFinished(() => {
    child.kill("SIGKILL")
  })
  const [address] = await once(child, "message")
  return { origin: `http://127.0.0.1:${address.port}`, port: address.port, pid: String(child.pid), child }
}
