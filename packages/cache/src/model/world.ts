import { createLogger } from "@tintype/observe"
import { type Cache, createCache } from "../cache.ts"
import type { CacheRedis } from "../cache-redis.ts"
import { type CacheKey, defineEntry } from "../define-entry.ts"
import { createFirstLevel, FIRST_LEVEL_WAIT_MS, type FirstLevel } from "../first-level.ts"
import { CacheUnavailable } from "../same-tick.ts"
import type { CacheScripts } from "../scripts.ts"
import { decode, type Stored } from "../stored.ts"
import type { Versioned } from "../versioned.ts"
import { type Line, openLine } from "./line.ts"
import { type Habits, Owed } from "./owed.ts"
import type { Random, Scheduler } from "./scheduler.ts"
import type { SimulatedRedis } from "./simulated-redis.ts"

/** The cached value: what tells one committed state of a row from all others. */
export interface Card {
  version: number
  by: string
  /** Too large to be cached. */
  bulk?: string
}

/** A row of the simulated database with all that it was. */
export class Row {
  readonly key: CacheKey<Card>
  readonly committed: Versioned<Card>[] = []
  /** The highest version whose writer was told that all went well. */
  acknowledged: number
  locked = false
  /** The version whose writer died after COMMIT when Redis had lost its mark before: the one gap that TTL bounds. */
  excused = -1

  /** `kept`: processes answer it by themselves. */
  constructor(id: string, exists: boolean, kept: boolean) {
    this.key = (kept ? keptEntry : entry).key(id)
    this.committed.push(
      exists ? { version: 1, value: { version: 1, by: "first" } } : { version: 0, value: null },
    )
    this.acknowledged = this.now.version
  }

  get now(): Versioned<Card> {
    return this.committed.at(-1) ?? { version: 0, value: null }
  }

  /** Whether a read that began when `acknowledged` was this may give this value. */
  allows(value: Card | null, acknowledged: number): boolean {
    return this.committed.some(
      (row) => row.version >= acknowledged && JSON.stringify(row.value) === JSON.stringify(value),
    )
  }
}

const card = { name: "card", shape: 1, ttlSeconds: 600, maxBytes: 100, id: (id: string) => id }
const entry = defineEntry<string, Card>(card)
/** The same for processes that answer it by themselves. */
const keptEntry = defineEntry<string, Card>({ ...card, firstLevel: true })

export type MakeFirstLevel = (now: () => number) => FirstLevel

const FIRST_LEVEL_BYTES = 1024 * 1024

export const makeFirstLevel: MakeFirstLevel = (now) => createFirstLevel(FIRST_LEVEL_BYTES, now)

const log = createLogger("model", "silent")

/** How early or late a renewal is asked for, in ms: any, or none. */
const EARLY = 1e12

/** Which steps Redis may take after they were given up, and how often, of 40. */
const LATE: Record<string, number> = { begin: 8, publish: 8, fill: 4, forget: 4 }

/** A writer's mark, from `beginWrite` on. */
export interface Mark {
  token: string
  row: Row
  /** COMMIT or ROLLBACK has taken place. */
  decided: boolean
  /** Redis does not hold it any more, for whatever reason. */
  lost: boolean
  /** Its writer has published. */
  over: boolean
}

export interface WorldOptions {
  redis: CacheRedis & Partial<SimulatedRedis>
  scripts: CacheScripts
  /** Of each process; none if it is left out. */
  firstLevel: MakeFirstLevel | undefined
  /** Different for every run. */
  prefix: string
  /** Some commands, or their replies, never arrive, or too late. */
  lossy: boolean
  habits: Habits
  random: Random
  scheduler: Scheduler
}

/** Processes with real caches on a real Redis, whose every command waits for the scheduler. */
export class World {
  readonly violations: string[] = []
  readonly marks: Mark[] = []
  /** Processes that Redis is out of reach for. */
  readonly cutOff = new Set<string>()
  readonly owed: Owed
  readonly #caches: Cache[] = []
  readonly #lines = new Map<string, Line>()
  /** What Redis does only after it was given up. */
  readonly #late: Promise<unknown>[] = []
  readonly random: Random
  readonly scheduler: Scheduler
  readonly #options: WorldOptions
  #tokens = 0
  /** In ms: goes on only when somebody waits, or as a disturbance. */
  #clock = 0

  constructor(options: WorldOptions) {
    this.#options = options
    this.random = options.random
    this.scheduler = options.scheduler
    this.owed = new Owed(options.scheduler, options.habits)
    options.redis.listeners?.set(options.prefix, (key) => {
      // Nobody who hears of a lease makes anything of it.
      if (!key.endsWith(":l")) for (const line of this.#lines.values()) line.send(key)
    })
  }

  /** Whether processes answer by themselves what they have. */
  get keeps(): boolean {
    return this.#options.firstLevel !== undefined
  }

  pass(ms: number): void {
    this.#clock += ms
  }

  /** The token that was given out last. */
  get lastToken(): string {
    return String(this.#tokens)
  }

  /** A process's own cache. One that does not live stops at some step, for ever. */
  openProcess(name: string, lives = true): Cache {
    const { redis, scripts, prefix, scheduler, habits } = this.#options
    const stepped: CacheRedis = {
      trusted: true,
      send: (command, ...args) => this.#step(name, command, () => redis.send(command, ...args)),
      run: (script, keys, ...args) => {
        const step = Object.entries(scripts).find(([, each]) => each === script)?.[0] ?? "script"
        return this.#step(name, step, () => redis.run(script, keys, ...args))
      },
    }
    const newToken = () => {
      this.#tokens += 1
      return this.lastToken
    }
    const pause = () => scheduler.step(`${name} pause`, () => undefined)
    const earlyMs = () => (this.random.chance(0.3) ? EARLY : -EARLY)
    const now = () => (habits.lapses ? this.#clock : 0)
    const wait = (ms: number) => {
      const waits = ms === FIRST_LEVEL_WAIT_MS ? habits.outlasts : habits.waits
      const end = this.#clock + (waits ? ms : 0)
      return scheduler.step(`${name} has waited`, () => {
        this.#clock = Math.max(this.#clock, end)
      })
    }
    const pauseRepairs = () => scheduler.step(`${name} pauses its repairs`, () => undefined)
    const first = lives ? this.#openLine(name, now) : undefined
    const parts = {
      scripts,
      newToken,
      pause,
      looks: 2,
      earlyMs,
      now,
      wait,
      pauseRepairs,
      ...(first && { first }),
    }
    const readOwed = () => scheduler.step(`${name} asks for what is owed`, () => this.owed.keys)
    const cache = createCache(stepped, { log, prefix, readOwed }, parts)
    if (lives) this.#caches.push(cache)
    return cache
  }

  #openLine(name: string, now: () => number): Line | undefined {
    const { firstLevel, prefix, scheduler } = this.#options
    if (!firstLevel) return undefined
    const line = openLine({ name, firstLevel: firstLevel(now), prefix, now, scheduler })
    this.#lines.set(name, line)
    return line
  }

  /** The line on which a process hears of changes ends, and is replaced. */
  async loseLine(name: string): Promise<void> {
    await this.#lines.get(name)?.lose()
  }

  close(): void {
    this.#options.redis.listeners?.delete(this.#options.prefix)
  }

  /** When nothing is going on any more behind the readers of processes that live. */
  async idle(): Promise<void> {
    await Promise.all(this.#caches.map((cache) => cache.idle()))
    await this.owed.idle()
    await Promise.all(this.#late)
  }

  async #step<T>(name: string, command: string, work: () => Promise<T>): Promise<T> {
    const reply = await this.#atRedis(name, command, work)
    // What changes meanwhile may be heard of before the answer: that is another line.
    if (this.keeps && command === "mget") await this.scheduler.step(`${name} is answered`, () => undefined)
    return reply
  }

  #atRedis<T>(name: string, command: string, work: () => Promise<T>): Promise<T> {
    return this.scheduler.step(`${name} ${command}`, async () => {
      if (this.cutOff.has(name)) throw new CacheUnavailable("out of reach")
      const loss = this.#options.lossy ? this.random.below(40) : -1
      if (loss === 0) throw new CacheUnavailable("request lost")
      if (LATE[command] && loss > 1 && loss < LATE[command]) {
        this.#late.push(this.scheduler.step(`late ${name} ${command}`, work))
        throw new CacheUnavailable("request under way")
      }
      const reply = await work()
      if (loss === 1) throw new CacheUnavailable("reply lost")
      return reply
    })
  }

  /** A process that the scheduler does not hold up. */
  openFreeProcess(): Cache {
    const { redis, scripts, prefix } = this.#options
    return createCache(redis, { log, prefix }, { scripts, earlyMs: () => -EARLY })
  }

  /** Takes things out of Redis behind everybody's back: the value, `:l` the lease, `:w` the marks. */
  async remove(row: Row, ...suffixes: readonly ("" | ":l" | ":w")[]): Promise<void> {
    const { redis, prefix } = this.#options
    await redis.send("del", ...suffixes.map((suffix) => prefix + row.key.key + suffix))
  }

  async removeMark(row: Row, token: string): Promise<void> {
    await this.#options.redis.send("hdel", `${this.#options.prefix}${row.key.key}:w`, token)
  }

  async cached(row: Row): Promise<Stored | undefined> {
    return decode(await this.#options.redis.send("get", this.#options.prefix + row.key.key))
  }
}
