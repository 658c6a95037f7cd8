import { createLogger } from "@tintype/observe"
import { type Cache, createCache } from "../cache.ts"
import type { CacheRedis } from "../cache-redis.ts"
import { type CacheKey, defineEntry } from "../define-entry.ts"
import { CacheUnavailable } from "../same-tick.ts"
import type { CacheScripts } from "../scripts.ts"
import { decode, type Stored } from "../stored.ts"
import type { Versioned } from "../versioned.ts"
import { type Habits, Owed } from "./owed.ts"
import type { Random, Scheduler } from "./scheduler.ts"

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

  constructor(id: string, exists: boolean) {
    this.key = card.key(id)
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

const card = defineEntry<string, Card>({
  name: "card",
  shape: 1,
  ttlSeconds: 600,
  maxBytes: 100,
  id: (id) => id,
})

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
  redis: CacheRedis
  scripts: CacheScripts
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
      const end = this.#clock + (habits.waits ? ms : 0)
      return scheduler.step(`${name} has waited`, () => {
        this.#clock = Math.max(this.#clock, end)
      })
    }
    const pauseRepairs = () => scheduler.step(`${name} pauses its repairs`, () => undefined)
    const parts = { scripts, newToken, pause, looks: 2, earlyMs, now, wait, pauseRepairs }
    const readOwed = () => scheduler.step(`${name} asks for what is owed`, () => this.owed.keys)
    const cache = createCache(stepped, { log, prefix, readOwed }, parts)
    if (lives) this.#caches.push(cache)
    return cache
  }

  /** When nothing is going on any more behind the readers of processes that live. */
  async idle(): Promise<void> {
    await Promise.all(this.#caches.map((cache) => cache.idle()))
    await this.owed.idle()
    await Promise.all(this.#late)
  }

  #step<T>(name: string, command: string, work: () => Promise<T>): Promise<T> {
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
