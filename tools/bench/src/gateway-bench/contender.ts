import { chmodSync, writeFileSync } from "node:fs"
import { get as getBare } from "node:http"
import { get as getOverTls } from "node:https"
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
  /** Whether clients come over TLS, with the site's certificate. */
  tls: boolean
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
export async function startProxy(
  { cores, site, tls }: Stage,
  launch: (port: number) => Launch,
): Promise<Running> {
  const port = await freePort()
  const { command, ...options } = launch(port)
  const output = join(site.dir, "output")
  writeFileSync(output, "")
  // Some run as another user.
  chmodSync(output, 0o666)
  const toFile = ["-c", 'exec "$@" >"$0"', output]
  const child = await startChild({ ...options, command: "sh", args: [...toFile, ...cores.forProxy(command)] })
  const url = `${tls ? "https" : "http"}://127.0.0.1:${port}`
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
  new Promise<boolean>((resolve) => {
    const get = url.startsWith("https") ? getOverTls : getBare
    const options = { agent: false, rejectUnauthorized: false, timeout: 1_000 }
    const req = get(url, options, (res) => res.resume().once("end", () => resolve(res.statusCode === 200)))
    req.once("timeout", () => req.destroy()).once("close", () => resolve(false))
    req.on("error", () => {})
  })
