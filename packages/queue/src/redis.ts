import { once } from "node:events"
import type { Logger } from "@tintype/observe"
import { Redis, type RedisOptions } from "ioredis"
import type { JobClass } from "./job-class.ts"
import { settledWithin } from "./within.ts"

type Options = Omit<RedisOptions, "replyMapping">

/** Begins every key in Redis unless the caller says otherwise. */
export const DEFAULT_PREFIX = "tintype"

/** BullMQ's queue of a class. The braces keep its keys in one slot of a cluster. */
export const queueName = (jobClass: JobClass) => `{${jobClass}}`

/** Our own keys beside BullMQ's. */
export const queueKeys = (prefix: string) => ({
  epoch: `${prefix}:{queue}:epoch`,
  ticks: `${prefix}:{queue}:ticks`,
  repair: `${prefix}:{queue}:repair`,
  workers: `${prefix}:{queue}:workers`,
  workersTold: `${prefix}:{queue}:workers-told`,
  finished: (jobId: string) => `${prefix}:finished:${jobId}`,
  rate: (name: string) => `${prefix}:{queue}:rate:${name}`,
  turn: (jobId: string) => `${prefix}:{queue}:turn:${jobId}`,
})

export type QueueKeys = ReturnType<typeof queueKeys>

function connect(url: string, log: Logger, options: Options): Redis {
  const redis = new Redis(url, {
    connectTimeout: 1_000,
    disableClientInfo: true,
    // After a failover the old primary answers READONLY: look for the new one.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
    ...options,
  })
  let away = false
  redis.on("error", (error: unknown) => {
    if (!away) log.warn({ err: error }, "the queue's Redis is away")
    away = true
  })
  redis.on("ready", () => {
    if (away) log.info("the queue's Redis is back")
    away = false
  })
  return redis
}

/**
 * Tells whether commands can be sent. A process that has just started waits for its first attempt to connect, `ms` at
 * most; later on, without a connection, there is nothing to wait for.
 */
export function readiness(redis: Redis, ms: number): () => Promise<boolean> {
  const firstAttempt = Promise.race([once(redis, "ready"), once(redis, "close")])
  firstAttempt.catch(() => undefined)
  return async () => {
    if (redis.status !== "ready") await settledWithin(ms, firstAttempt)
    return redis.status === "ready"
  }
}

/** A socket that owes an answer for two seconds is replaced. */
const PROMPT: Options = {
  socketTimeout: 2_000,
  retryStrategy: (attempt) => Math.min(50 * attempt, 250),
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
}

/** A connection whose commands fail at once while Redis is away. */
export const openPromptRedis = (url: string, log: Logger): Redis =>
  connect(url, log, { ...PROMPT, enableOfflineQueue: false })

/** A connection to subscribe on, whose commands wait for one attempt to connect. */
export const openSubscriber = (url: string, log: Logger): Redis => connect(url, log, PROMPT)

/**
 * A connection whose commands wait for Redis to come back, as BullMQ's workers want it. It is copied for their blocking
 * reads, which stay unanswered for up to ten seconds.
 *
 * @param closing ends the attempts to connect, of the copies too
 */
export const openPatientRedis = (url: string, log: Logger, closing: AbortSignal): Redis =>
  connect(url, log, {
    socketTimeout: 12_000,
    retryStrategy: (attempt) => (closing.aborted ? null : Math.min(50 * attempt, 500)),
    maxRetriesPerRequest: null,
  })
