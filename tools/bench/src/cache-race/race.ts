import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { freePort } from "@tintype/dev"
import { checkHistory, type Verdict } from "./check-history.ts"
import { CONTENDERS } from "./contenders/contenders.ts"
import { now, readHistory } from "./history.ts"
import type { PlayerPlan, RacePlan, Told } from "./plan.ts"
import { openRacedRedis, type RacedRedis } from "./raced-redis.ts"
import { openTable, type Table } from "./table.ts"

const PLAYER = fileURLToPath(new URL("player.ts", import.meta.url))

export interface RaceResult extends Verdict {
  staleAtRest: number
  cachedAtRest: number
  processesKilled: number
  redisKilled: number
  evictions: number
  /** Keys that processes answered without Redis. */
  firstLevelHits: number
  seconds: number
}

/** How far a race is. */
export interface Progress {
  /** From 0 to 1. */
  share: number
  seconds: number
  written: number
  processesKilled: number
  redisKilled: number
}

/** Histories are checked so many keys at a time, since millions of calls do not fit into memory. */
const CHECKED_TOGETHER = 64

interface Player {
  child: ChildProcess
  file: string
  killedAt: number
}

class Race {
  readonly #plan: RacePlan
  readonly #dir: string
  readonly #databaseUrl: string
  readonly #redis: RacedRedis
  readonly #table: Table
  readonly #players: Player[] = []
  readonly #began = now()
  #written = 0
  firstLevelHits = 0
  processesKilled = 0

  constructor(plan: RacePlan, dir: string, databaseUrl: string, redis: RacedRedis, table: Table) {
    this.#plan = plan
    this.#dir = dir
    this.#databaseUrl = databaseUrl
    this.#redis = redis
    this.#table = table
  }

  get done(): boolean {
    return this.progress.share >= 1
  }

  get progress(): Progress {
    const seconds = (now() - this.#began) / 1000
    return {
      share: Math.max(this.#written / this.#plan.writes, seconds / this.#plan.seconds),
      seconds,
      written: this.#written,
      processesKilled: this.processesKilled,
      redisKilled: this.#redis.killed,
    }
  }

  start(): void {
    const { contender, writers, readers, processes, rows, batch, thinkMs } = this.#plan
    const file = join(this.#dir, `player-${this.#players.length}`)
    const plan: PlayerPlan = {
      contender,
      rows,
      batch,
      thinkMs,
      writers: writers / processes,
      readers: readers / processes,
      databaseUrl: this.#databaseUrl,
      redisUrl: this.#redis.url,
      prefix: "race:",
      historyFile: file,
    }
    const child = fork(PLAYER, [JSON.stringify(plan)])
    child.on("message", (told: Told) => {
      this.#written += told.written
      this.firstLevelHits += told.firstLevelHits
    })
    this.#players.push({ child, file, killedAt: Infinity })
  }

  async killOne(): Promise<void> {
    const living = this.#players.filter(({ killedAt }) => killedAt === Infinity)
    const victim = living[Math.floor(Math.random() * living.length)]
    if (!victim) return
    victim.child.kill("SIGKILL")
    victim.killedAt = now()
    this.processesKilled += 1
    await once(victim.child, "exit")
    this.start()
  }

  /** What a worker would do: has the cache forget what it could not be told of. */
  async relay(): Promise<void> {
    // What is owed from here on is left for the next time: it may be for a write after the forgetting.
    const owed = await this.#table.owed()
    if (owed.length === 0) return
    const cache = await this.open()
    try {
      await cache.forget([...new Set(owed.map(({ key }) => key))])
      await this.#table.settle(owed.map(({ id }) => id))
    } catch {
      // Redis is away: again later.
    } finally {
      await cache.close()
    }
  }

  open() {
    const load = (keys: readonly number[]) => this.#table.load(keys)
    const owed = () => this.#table.owed()
    const owe = (texts: readonly string[]) => this.#table.owe(texts)
    return CONTENDERS[this.#plan.contender]({ redisUrl: this.#redis.url, prefix: "race:", load, owed, owe })
  }

  async stop(): Promise<void> {
    const living = this.#players.filter(({ killedAt }) => killedAt === Infinity)
    for (const { child } of living) if (child.connected) child.send("stop")
    await Promise.all(living.map(({ child }) => child.exitCode ?? once(child, "exit")))
  }

  end(): void {
    for (const { child } of this.#players) child.kill("SIGKILL")
  }

  check(versions: ReadonlyMap<number, number>): Verdict {
    let verdict: Verdict | undefined
    for (let first = 0; first < this.#plan.rows; first += CHECKED_TOGETHER) {
      const wanted = (key: number) => key >= first && key < first + CHECKED_TOGETHER
      const histories = this.#players.map(({ file, killedAt }) => ({
        entries: readHistory(file, wanted),
        killedAt,
      }))
      verdict = checkHistory(histories, versions, verdict)
    }
    return verdict ?? checkHistory([], versions)
  }

  /** Keys of which the cache still gives something else than the database has. */
  async staleAtRest(versions: ReadonlyMap<number, number>): Promise<number> {
    const cache = await this.open()
    let stale = 0
    for (const [key, version] of versions) {
      for (const row of await cache.read([key])) if (row.version !== version) stale += 1
    }
    await cache.close()
    return stale
  }
}

async function runWhile(going: () => boolean, everyMs: number, work: () => Promise<void>): Promise<void> {
  for (let last = now(); everyMs > 0 && going(); await sleep(20)) {
    if (now() - last < everyMs) continue
    await work()
    last = now()
  }
}

/**
 * Races writers against readers in processes of their own over one Postgres and one small Redis, kills what the
 * plan says, and checks what all of them saw.
 *
 * @param databaseUrl an empty database
 */
export async function race(
  plan: RacePlan,
  databaseUrl: string,
  onProgress: (progress: Progress) => void = () => {},
): Promise<RaceResult> {
  const dir = mkdtempSync(join(tmpdir(), "tintype-race-"))
  await using open = new AsyncDisposableStack()
  open.defer(() => rmSync(dir, { recursive: true, force: true }))
  const redis = await openRacedRedis(join(dir, "redis"), await freePort(), plan.maxMemory)
  open.defer(() => redis.stop())
  const table = openTable(databaseUrl, 3)
  open.defer(() => table.close())
  await table.create(plan.rows, plan.textLength)
  const run = new Race(plan, dir, databaseUrl, redis, table)
  open.defer(() => run.end())
  const began = now()
  for (let n = 0; n < plan.processes; n++) run.start()
  const going = () => !run.done
  await Promise.all([
    runWhile(going, plan.killProcessMs, () => run.killOne()),
    runWhile(going, plan.killRedisMs, () => redis.restart()),
    runWhile(going, 200, () => run.relay()),
    runWhile(going, 1000, async () => onProgress(run.progress)),
    runWhile(going, 1, async () => undefined),
  ])
  await run.stop()
  await run.relay()
  const seconds = (now() - began) / 1000
  const versions = await table.versions()
  const cachedAtRest = await redis.keys()
  return {
    ...run.check(versions),
    staleAtRest: await run.staleAtRest(versions),
    cachedAtRest,
    processesKilled: run.processesKilled,
    redisKilled: redis.killed,
    evictions: redis.evictions + (await redis.countEvictions()),
    firstLevelHits: run.firstLevelHits,
    seconds,
  }
}
