import { type RedisServer, startRedis } from "@tintype/dev"
import { Redis } from "ioredis"

/** A small Redis that is killed and started again, empty, at the same place. */
export interface RacedRedis {
  readonly url: string
  readonly killed: number
  /** Keys evicted by those that were killed. */
  readonly evictions: number
  restart(): Promise<void>
  countEvictions(): Promise<number>
  keys(): Promise<number>
  stop(): Promise<void>
}

async function ask<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url)
  try {
    return await question(redis)
  } finally {
    redis.disconnect()
  }
}

export async function openRacedRedis(dir: string, port: number, maxMemory: string): Promise<RacedRedis> {
  const url = `redis://127.0.0.1:${port}`
  let server: RedisServer
  let killed = 0
  let evictions = 0
  const start = async () => {
    server = await startRedis({ dir, port, kind: "cache" })
    await ask(url, (redis) => redis.config("SET", "maxmemory", maxMemory))
  }
  const countEvictions = async () => {
    const stats = await ask(url, (redis) => redis.info("stats"))
    return Number(/evicted_keys:(\d+)/.exec(stats)?.[1] ?? 0)
  }
  await start()
  return {
    url,
    get killed() {
      return killed
    },
    get evictions() {
      return evictions
    },
    async restart() {
      evictions += await countEvictions()
      killed += 1
      server.kill("SIGKILL")
      await server.stop()
      await start()
    },
    countEvictions,
    keys: () => ask(url, (redis) => redis.dbsize()),
    stop: () => server.stop(),
  }
}
