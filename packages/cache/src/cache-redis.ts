import type { Logger } from "@tintype/observe"
import { Redis } from "ioredis"
import { createCircuit } from "./circuit.ts"
import { type Argument, CacheUnavailable, createSameTick, exchange, isNoScript } from "./same-tick.ts"
import type { Script } from "./scripts.ts"
import { within } from "./within.ts"

/** The one connection of a process to the cache's Redis. Commands of one tick travel together, as one round trip. */
export interface CacheRedis {
  /** False while Redis is away and shortly after: what it holds may be old. Writing may be tried all the same. */
  readonly trusted: boolean
  /** @throws CacheUnavailable within the timeout, at once while the circuit is open */
  send(command: string, ...args: readonly Argument[]): Promise<unknown>
  /** @throws CacheUnavailable */
  run(script: Script, keys: readonly string[], ...args: readonly Argument[]): Promise<unknown>
}

export interface CacheRedisOptions {
  url: string
  log: Logger
  /** The longest a command may take. */
  timeoutMs?: number
  connectTimeoutMs?: number
  /** Round trips that fail in a row until Redis is left alone. */
  failures?: number
  /** How often it is asked then whether it is back. */
  probeMs?: number
  /** How long after its return nothing is read from it: longer than `probeMs` and the repairs after it. */
  settleMs?: number
  /** Called for every round trip with the number of its commands. */
  onRoundTrip?: (commands: number) => void
}

function createClient(url: string, connectTimeoutMs: number): Redis {
  return new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    // A connection that says nothing for this long while it owes an answer is taken for dead and replaced.
    socketTimeout: 2 * connectTimeoutMs,
    retryStrategy: (attempt) => Math.min(50 * attempt, 250),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // After a failover the old primary answers READONLY: look for the new one.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
    disableClientInfo: true,
  })
}

/**
 * Whether Redis started so short a while ago that a write under way may have left its mark with the one before,
 * and its process not have noticed yet.
 */
async function isYoung(redis: Redis, oldMs: number): Promise<boolean> {
  const seconds = /uptime_in_seconds:(\d+)/.exec(await redis.info("server"))?.[1]
  return Number(seconds ?? 0) * 1000 < oldMs
}

type Send = (command: string, args: readonly Argument[]) => Promise<unknown>

/** By its hash; after a restart of Redis by its source. */
async function runScript(send: Send, script: Script, args: readonly Argument[]): Promise<unknown> {
  try {
    return await send("evalsha", [script.sha, ...args])
  } catch (error) {
    if (!isNoScript(error)) throw error
    return send("eval", [script.source, ...args])
  }
}

/** Lets what was sent be answered, if that does not take long. */
async function disconnect(redis: Redis, timeoutMs: number): Promise<void> {
  if (redis.status === "ready") await within(timeoutMs, redis.quit()).catch(() => undefined)
  redis.disconnect()
}

/**
 * Opens the connection to the cache's Redis without waiting for it: a process starts and works without Redis, and
 * uses it when it is there. While it is not, calls fail at once.
 */
export function openCacheRedis(
  options: CacheRedisOptions,
): CacheRedis & AsyncDisposable & { close(): Promise<void> } {
  const { url, log, timeoutMs = 150, connectTimeoutMs = 1000 } = options
  const { failures = 3, probeMs = 500, settleMs = 1000, onRoundTrip } = options
  const redis = createClient(url, connectTimeoutMs)
  const probe = () => within(timeoutMs, redis.ping())
  const circuit = createCircuit({ log, failures, probeMs, settleMs, probe })
  let closed = false
  const connecting = (async () => {
    await redis.connect()
    // Whoever was connected before settles by itself.
    if (await within(timeoutMs, isYoung(redis, probeMs + settleMs))) circuit.settle()
  })().catch(() => undefined)

  const transmit = async (batch: Parameters<typeof exchange>[2]) => {
    await connecting
    onRoundTrip?.(batch.length)
    await exchange(redis, log, batch)
  }
  const call = createSameTick(
    (batch) => within(timeoutMs, transmit(batch)),
    (error) => (error ? circuit.failed(error) : circuit.succeeded()),
  )
  const send: Send = (command, args) =>
    closed || circuit.state === "open"
      ? Promise.reject(new CacheUnavailable("out of use"))
      : call(command, args)

  // An error of the socket is followed by its close.
  let lastError: unknown
  redis.on("error", (error: unknown) => {
    lastError = error
  })
  redis.on("close", () => {
    if (!closed) circuit.trip(lastError ?? new Error("connection closed"))
  })
  const close = async () => {
    if (closed) return
    closed = true
    circuit.stop()
    await disconnect(redis, timeoutMs)
  }
  return {
    get trusted() {
      return circuit.state === "closed" && !closed
    },
    send: (command, ...args) => send(command, args),
    run: (script, keys, ...args) => runScript(send, script, [keys.length, ...keys, ...args]),
    close,
    [Symbol.asyncDispose]: close,
  }
}
