import type { Redis } from "ioredis"
import { type Static, Type } from "typebox"
import { Compile } from "typebox/compile"
import { QueueAway } from "./errors.ts"
import { type QueueKeys, readiness } from "./redis.ts"
import { within } from "./within.ts"

const PRESENT_MS = 5_000
const ANSWER_MS = 500
/** Of the jobs that a process runs, it tells of so many. */
export const MOST_TOLD = 50

const Running = Type.Object({
  ownerId: Type.String(),
  id: Type.String(),
  name: Type.String(),
  class: Type.String(),
  attempt: Type.Integer(),
  /** Milliseconds since 1970. */
  startedMs: Type.Number(),
})

const WorkerProcess = Type.Object({
  /** Tells it from all others, also from those that had its number before: as the history names it. */
  name: Type.String(),
  host: Type.String(),
  pid: Type.Integer(),
  /** When it started, in milliseconds since 1970. */
  sinceMs: Type.Number(),
  /** Resident memory, without child processes. */
  memoryBytes: Type.Integer(),
  classes: Type.Array(
    Type.Object({ class: Type.String(), concurrency: Type.Integer(), paused: Type.Boolean() }),
  ),
  /** How many jobs it runs, by class. */
  running: Type.Record(Type.String(), Type.Integer()),
  /** The ones that have run longest. */
  jobs: Type.Array(Running),
})

/** A process that takes jobs, as it tells of itself once a second. */
export type WorkerProcess = Static<typeof WorkerProcess>
export type RunningJob = Static<typeof Running>

const isWorker = Compile(WorkerProcess)

/** Redis's own clock: those of the processes may differ. */
const NOW = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"

const BEAT = `${NOW}
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])) do
  redis.call('HDEL', KEYS[2], gone)
  redis.call('ZREM', KEYS[1], gone)
end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`

const LEAVE = "redis.call('HDEL', KEYS[2], ARGV[1]); return redis.call('ZREM', KEYS[1], ARGV[1])"

const COUNT = `${NOW} return redis.call('ZCOUNT', KEYS[1], now - ARGV[1], '+inf')`

const LIST = `${NOW}
local there = redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[1], '+inf')
local told = {}
for i, name in ipairs(there) do told[i] = redis.call('HGET', KEYS[2], name) or '' end
return told`

/** Tells that this process takes jobs, and what it does, for the next five seconds. */
export function createPresence(redis: Redis, keys: QueueKeys, describe: () => WorkerProcess) {
  return {
    async beat(): Promise<void> {
      const worker = describe()
      const told = [worker.name, PRESENT_MS, JSON.stringify(worker)]
      await within(ANSWER_MS, redis.eval(BEAT, 2, keys.workers, keys.workersTold, ...told))
    },
    async leave(): Promise<void> {
      await within(ANSWER_MS, redis.eval(LEAVE, 2, keys.workers, keys.workersTold, describe().name))
    },
  }
}

function parseWorker(text: unknown): WorkerProcess[] {
  try {
    const value: unknown = JSON.parse(String(text))
    return isWorker.Check(value) ? [value] : []
  } catch {
    return []
  }
}

export interface Census {
  count(): Promise<number>
  /** By name. One of an older release that tells nothing of itself is left out. */
  list(): Promise<WorkerProcess[]>
}

/** Knows the processes that take jobs. Its results throw QueueAway within a second. */
export function createCensus(redis: Redis, keys: QueueKeys): Census {
  const isReady = readiness(redis, ANSWER_MS)
  const ask = async (script: string): Promise<unknown> => {
    if (!(await isReady())) throw new QueueAway("the queue's Redis is away")
    return within(ANSWER_MS, redis.eval(script, 2, keys.workers, keys.workersTold, PRESENT_MS))
  }
  return {
    count: async () => Number(await ask(COUNT)),
    async list() {
      const told = await ask(LIST)
      const workers = Array.isArray(told) ? told.flatMap(parseWorker) : []
      return workers.sort((a, b) => (a.name < b.name ? -1 : 1))
    },
  }
}
