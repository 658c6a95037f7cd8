import { lookup } from "node:dns/promises"
import type { Logger } from "@tintype/observe"
import type { Replicas } from "./replicas.ts"

const RESOLVE_EVERY_MS = 2_000
const RESOLVE_TIMEOUT_MS = 5_000

/** Every address behind a name, IPv4 and IPv6. Rejects when the name cannot be resolved. */
export type Resolve = (name: string) => Promise<readonly string[]>

/** Asks the system's resolver, so that search domains and /etc/hosts count as they do everywhere else. */
export const resolveBySystem: Resolve = async (name) => {
  const found = await lookup(name, { all: true })
  return found.map(({ address }) => address)
}

/**
 * Keeps `replicas` as the configuration and DNS say.
 *
 * @param upstreams `http://host:port` each one replica; `dns+http://name:port` each address behind the name
 * @returns stops it
 */
export function discover(
  replicas: Replicas,
  upstreams: readonly string[],
  log: Logger,
  resolve: Resolve = resolveBySystem,
): () => void {
  const stops = upstreams.map((upstream) => {
    const url = new URL(upstream)
    if (url.protocol === "dns+http:") return watchName(replicas, upstream, url, log, resolve)
    replicas.set(upstream, [url.origin])
    return () => {}
  })
  return () => {
    for (const stop of stops) stop()
  }
}

function watchName(replicas: Replicas, source: string, url: URL, log: Logger, resolve: Resolve): () => void {
  let failing = false
  return every(RESOLVE_EVERY_MS, async () => {
    try {
      const addresses = await withTimeout(resolve(url.hostname))
      if (addresses.length === 0) return
      replicas.set(
        source,
        addresses.map((address) => `http://${address.includes(":") ? `[${address}]` : address}:${url.port}`),
      )
      failing = false
    } catch (error) {
      // The replicas known so far stay: a nameserver that is away for a moment says nothing about them.
      if (!failing) log.warn({ err: error, name: url.hostname }, "name cannot be resolved")
      failing = true
    }
  })
}

/** Runs `work` now and then again `ms` after each end of it; never twice at a time. */
function every(ms: number, work: () => Promise<void>): () => void {
  let stopped = false
  const run = async () => {
    await work()
    if (!stopped) timer = setTimeout(run, ms)
  }
  let timer = setTimeout(run, 0)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

function withTimeout<T>(promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error("the resolver did not answer")), RESOLVE_TIMEOUT_MS)
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
