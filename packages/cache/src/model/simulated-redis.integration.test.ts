import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { Redis } from "ioredis"
import { expect } from "vitest"
import { type CacheRedis, openCacheRedis } from "../cache-redis.ts"
import type { Argument } from "../same-tick.ts"
import { CACHE_SCRIPTS, type CacheScripts } from "../scripts.ts"
import { createRandom, type Random } from "./scheduler.ts"
import { simulateRedis } from "./simulated-redis.ts"

const SEQUENCES = 600
const STEPS = 16
const LIFE = 1e9

const NAMES = ["lease", "renew", "fill", "release", "begin", "begin", "publish", "abandon", "forget"] as const

/** Of many values at once. */
const BATCHED = new Set<keyof CacheScripts>(["lease", "fill", "release"])

type Names = readonly [value: string, lease: string, marks: string]
type Rows = readonly [Names, Names]
type Step = (redis: CacheRedis, rows: Rows) => Promise<unknown>

/** Any step of the protocol by any of a few writers and readers, or a loss. */
function anyStep(random: Random): [string, Step] {
  const token = random.pick(["a", "b", "c", "floor-less"])
  const version = random.below(6)
  const anyPut = () => [version, `3:${random.pick(["null", '{"x":1}', "!"])}`, LIFE, random.pick([0, LIFE])]
  const of = random.pick<readonly [0 | 1, ...(0 | 1)[]]>([[0], [1], [0, 1], [1, 0]])
  const [one] = of
  const args: Record<keyof CacheScripts, Argument[]> = {
    lease: [LIFE],
    renew: [LIFE, random.pick([-LIFE, 0, 10 * LIFE])],
    fill: of.flatMap(anyPut),
    release: [],
    begin: [LIFE],
    publish: [...anyPut(), random.below(3) === 0 ? 0 : 1],
    abandon: [],
    forget: [],
  }
  const lose = (command: string, ...rest: [number, ...string[]]): [string, Step] => [
    `${command} ${one} ${rest}`,
    async (redis, rows) => {
      await redis.send(command, rows[one][rest[0]] ?? "", ...rest.slice(1))
    },
  ]
  if (random.chance(0.1)) return lose("del", random.below(3))
  if (random.chance(0.05)) return lose("hset", 2, token, "1")
  if (random.chance(0.05)) return lose("hset", 2, "floor", String(version))
  const name = random.pick(NAMES)
  const values = args[name]
  return [
    `${name} ${of} ${token} ${values}`,
    (redis, rows) => {
      const keys = BATCHED.has(name) ? of.map((row) => rows[row][0]) : rows[one]
      return redis.run(CACHE_SCRIPTS[name], keys, token, ...values)
    },
  ]
}

/** Times become what they mean. */
function plain(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(plain)
  if (typeof reply === "object" && reply !== null) {
    return Object.entries(reply instanceof Map ? Object.fromEntries(reply) : reply)
      .map(([name, value]) => `${name}=${name === "floor" ? value : Number(value) > Date.now()}`)
      .sort()
  }
  return typeof reply === "string" ? reply.replace(/^(\d+):\d{10,}:/, "$1:due:") : reply
}

/** What every step answers, and what is there afterwards. */
async function observe(redis: CacheRedis, step: Step, rows: Rows) {
  const reply = await step(redis, rows)
  const held = rows.flatMap(([value, lease, marks]) => [
    redis.send("get", value),
    redis.send("get", lease),
    redis.send("hgetall", marks),
  ])
  const replies = [reply ?? null, ...(await Promise.all(held))]
  return replies.map(plain)
}

/** What the real Redis tells of under a prefix, on a line of its own. */
async function openEars(url: string, prefix: string) {
  const told = new Set<string>()
  const redis = new Redis(url, { protocol: 2 })
  redis.on("messageBuffer", (_channel: Buffer, names: unknown) => {
    if (Array.isArray(names)) for (const name of names) told.add(String(name))
  })
  const id = await redis.client("ID")
  await redis.call("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", prefix)
  await redis.subscribe("__redis__:invalidate")
  return {
    told,
    /** All of what was done before is told before the answer. */
    hearAll: () => redis.ping(),
    [Symbol.dispose]: () => redis.disconnect(),
  }
}

type Ears = Awaited<ReturnType<typeof openEars>>

async function compare(real: CacheRedis, ears: Ears, prefix: string, seed: number): Promise<void> {
  const random = createRandom(seed)
  const simulated = simulateRedis()
  const changed = new Set<string>()
  simulated.listeners.set(prefix, (key) => changed.add(key))
  const names = (value: string): Names => [value, `${value}:l`, `${value}:w`]
  const rows: Rows = [names(`${prefix}{${seed}}`), names(`${prefix}{${seed}+}`)]
  const trace: string[] = []
  for (let n = 0; n < STEPS; n++) {
    const [name, step] = anyStep(random)
    trace.push(name)
    const [expected, actual] = [await observe(real, step, rows), await observe(simulated, step, rows)]
    expect(actual, `seed ${seed}: ${trace.join(" | ")}`).toEqual(expected)
    await ears.hearAll()
    // The real one may tell more.
    for (const key of changed) expect(ears.told, `seed ${seed}: ${trace.join(" | ")}`).toContain(key)
    for (const key of rows.flat()) ears.told.delete(key)
    changed.clear()
  }
}

test("answers, holds and tells of after every step what the real one does", async ({ redis }) => {
  const log = createLogger("test", "silent")
  await using connection = openCacheRedis({ url: redis.cacheUrl, log, timeoutMs: 20_000 })
  using ears = await openEars(redis.cacheUrl, redis.prefix)
  let next = 1
  const lane = async () => {
    while (next <= SEQUENCES) await compare(connection, ears, redis.prefix, next++)
  }
  await Promise.all(Array.from({ length: 30 }, lane))
})
