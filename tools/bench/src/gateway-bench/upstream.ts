import { fileURLToPath } from "node:url"
import { startServer } from "@tintype/dev"
import type { Cores } from "./cores.ts"

const PROGRAM = fileURLToPath(new URL("upstream-process.ts", import.meta.url))

export interface Upstream {
  /** `host:port`. */
  name: string
  stop(): Promise<void>
}

/** @param delayMs before each answer */
export async function startUpstream(cores: Cores, delayMs: number): Promise<Upstream> {
  const [command = "", ...args] = cores.forOthers([process.execPath, PROGRAM, String(delayMs)])
  const told = Promise.withResolvers<string>()
  const child = await startServer({
    name: "the upstream",
    command,
    args,
    ready: /^port \d+/,
    onLine: (line) => told.resolve(line.slice("port ".length)),
  })
  return { name: `127.0.0.1:${await told.promise}`, stop: () => child.stop("SIGKILL") }
}
