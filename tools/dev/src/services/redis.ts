import { mkdirSync } from "node:fs"
import { startChild, untilListening } from "./child.ts"
import { findProgram, type Program } from "./debian-packages.ts"
import { freePort } from "./free-port.ts"

const REDIS: Program = {
  name: "redis",
  commands: ["redis-server", "valkey-server"],
  packages: ["redis-server", "redis-tools", "libjemalloc2", "liblzf1", "libatomic1"],
  path: "usr/bin/redis-server",
  install: process.platform === "darwin" ? "brew install redis" : "apt-get install redis-server",
}

export interface RedisServer {
  port: number
  pid: number
  url: string
  stop(): Promise<void>
}

/** The queue must neither lose nor evict; the cache may do both. */
const SETTINGS = {
  queue: ["--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"],
  cache: ["--appendonly", "no", "--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lfu"],
}

/** Starts a Redis of our own on the loopback address. */
export async function startRedis(options: {
  dir: string
  port?: number
  kind: "queue" | "cache"
  say?: (message: string) => void
}): Promise<RedisServer> {
  const { command, env } = await findProgram(REDIS, options.say)
  mkdirSync(options.dir, { recursive: true })
  const port = options.port ?? (await freePort())
  const bind = ["--port", String(port), "--bind", "127.0.0.1", "--dir", options.dir, "--save", ""]
  const child = await startChild({ command, args: [...bind, ...SETTINGS[options.kind]], env })
  await untilListening(`redis-${options.kind}`, child, port)
  return { port, pid: child.pid, url: `redis://127.0.0.1:${port}`, stop: () => child.stop() }
}
