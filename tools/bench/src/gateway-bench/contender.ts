import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { freePort, startChild } from "@tintype/dev"
import type { Cores } from "./cores.ts"
import { PATHS, type Site } from "./site.ts"

/** What a proxy is started with. */
export interface Stage {
  site: Site
  cores: Cores
  /** `host:port` of each. */
  upstreams: readonly string[]
}

/** A proxy that runs. */
export interface Running {
  url: string
  /** Its processes all have this group. */
  group: number
  stop(): Promise<void>
}

export interface Contender {
  name: string
  /** It is written for Node, as ours is. */
  isNode?: boolean
  /** It keeps answers. */
  caches?: boolean
  /** It serves files. */
  files?: boolean
  start(stage: Stage): Promise<Running>
}

export interface Launch {
  command: readonly string[]
  env?: Record<string, string | undefined>
  uid?: number
  gid?: number
}

const READY_MS = 15_000

/**
 * Starts a proxy on its core and waits until it answers. What it logs goes to a file, as a container's output does.
 *
 * @param launch makes its command line for a port
 * @throws with its last words when it does not answer
 */
export async function startProxy({ cores, site }: Stage, launch: (port: number) => Launch): Promise<Running> {
  const port = await freePort()
  const { command, ...options } = launch(port)
  const output = join(site.dir, "output")
  writeFileSync(output, "")
  // Some run as another user.
  chmodSync(output, 0o666)
  const toFile = ["-c", 'exec "$@" >"$0"', output]
  const child = await startChild({ ...options, command: "sh", args: [...toFile, ...cores.forProxy(command)] })
  const url = `http://127.0.0.1:${port}`
  const stop = () => child.stop()
  const before = performance.now()
  while (!(await answers(url + PATHS.small))) {
    if (child.running() && performance.now() - before < READY_MS) {
      await sleep(50)
      continue
    }
    await stop()
    throw new Error(`${command.join(" ")} does not answer:\n${child.tail()}`)
  }
  return { url, group: child.pid, stop }
}

const answers = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    async (response) => {
      await response.arrayBuffer()
      return response.ok
    },
    () => false,
  )
