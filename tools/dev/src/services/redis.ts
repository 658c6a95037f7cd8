import { mkdirSync } from "node:fs"
import { startServer } from "./child.ts"
import { findProgram, type Program } from "./find-program.ts"
import { onPort } from "./free-port.ts"
import type { Server } from "./server.ts"

const REDIS: Program = {
  name: "redis",
  commands: ["redis-server", "valkey-server"],
  package: "redis-server",
  path: "usr/bin/redis-server",
  install: process.platform === "darwin" ? "brew install redis" : "apt-get install redis-server",
}

export interface RedisServer extends Server {
  url: string
}

export interface RedisOptions {
  dir: string
  port?: number | undefined
  kind: "queue" | "cache"
  say?: (message: string) => void
}

/** The queue must neither lose nor evict; the cache may do both. */
const SETTINGS = {
  queue: ["--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"],
  cache: ["--appendonly", "no", "--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lfu"],
}

/** Starts a Redis of our own on the loopback address. */
export async function startRedis({ dir, port, kind, say }: RedisOptions): Promise<RedisServer> {
  const program = await findProgram(REDIS, say)
  mkdirSync(dir, { recursive: true })
  return onPort(port, async (own) => {
    const bind = ["--port", String(own), "--bind", "127.0.0.1", "--dir", dir, "--save", ""]
    const child = await startServer({
      ...program,
      name: `redis-${kind}`,
      args: [...bind, ...SETTINGS[kind]],
      ready: /ready to accept connections/i,
    })
    return { ...child, port: own, url: `redis://127.0.0.1:${own}`, stop: () => child.stop() }
  })
}
