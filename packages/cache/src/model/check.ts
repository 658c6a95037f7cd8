import { isDeepStrictEqual } from "node:util"
import type { Cache } from "../cache.ts"
import type { CacheRedis } from "../cache-redis.ts"
import { CACHE_SCRIPTS, type CacheScripts } from "../scripts.ts"
import { type Stored, UNKEPT } from "../stored.ts"
import { Loaded } from "../versioned.ts"
import { cutOff, type Disturbance, disturb, type Fate, read, write } from "./actors.ts"
import { GOOD_HABITS, type Habits } from "./owed.ts"
import { createRandom, createScheduler } from "./scheduler.ts"
import type { SimulatedRedis } from "./simulated-redis.ts"
import { type MakeFirstLevel, makeFirstLevel, Row, World } from "./world.ts"

const DEATHS = ["dies before commit", "dies after commit"] as const
const CHANGES = ["changes", "changes", "changes", "enlarges", "deletes"] as const
const LOSSES: [Disturbance, ...Disturbance[]] = [
  "evict value",
  "evict value",
  "evict lease",
  "evict marks",
  "flush",
  "expire marks",
  "expire one mark",
  "time passes",
]

/** What else happens than readers reading and writers committing or rolling back. */
export interface Hazards {
  /** Processes die at any step. */
  deaths: boolean
  /** Redis evicts, forgets, lets expire and does not always answer. */
  losses: boolean
  /** How often Redis is out of reach for one of the processes, for a while: from 0 to 1. */
  outages: number
}

const ALL_HAZARDS: Hazards = { deaths: true, losses: true, outages: 0.3 }

/** Two processes, one to three writers, two to four readers and the hazards, on one or two rows. */
function startActors(
  world: World,
  rows: [Row, ...Row[]],
  { deaths, losses, outages }: Hazards,
): Promise<void>[] {
  const { random } = world
  const processes = [world.openProcess("p1"), world.openProcess("p2")] as const
  const actors: Promise<void>[] = []
  for (let n = 1 + random.below(3); n > 0; n--) {
    const fate: Fate = random.chance(0.2)
      ? "rolls back"
      : deaths && random.chance(0.4)
        ? random.pick(DEATHS)
        : "commits"
    const what = random.pick(CHANGES)
    actors.push(write(world, `w${n}`, random.pick(processes), random.pick(rows), fate, what))
  }
  for (let n = 2 + random.below(3); n > 0; n--) {
    const dies = deaths && random.chance(0.1)
    const cache = dies ? world.openProcess(`p-r${n}`, false) : random.pick(processes)
    const reads = dies || random.chance(0.6) ? 1 : world.keeps ? 4 : 2
    const wanted = random.chance(0.7) ? [random.pick(rows)] : rows
    actors.push(readOften(world, `r${n}`, cache, wanted, dies, reads))
  }
  for (let n = losses && random.chance(0.5) ? 1 + random.below(3) : 0; n > 0; n--) {
    actors.push(disturb(world, random.pick(rows), random.pick(LOSSES)))
  }
  if (random.chance(outages)) actors.push(cutOff(world, random.pick(["p1", "p2"])))
  if (world.keeps && losses && random.chance(0.5)) actors.push(world.loseLine(random.pick(["p1", "p2"])))
  return actors
}

async function readOften(
  world: World,
  name: string,
  cache: Cache,
  rows: Row[],
  dies: boolean,
  times: number,
) {
  for (let n = 0; n < times; n++) await read(world, name, cache, rows, dies)
}

/** When all is quiet: what is cached is absent or the row, and it can be cached again. */
async function checkAtRest(world: World, row: Row): Promise<void> {
  const cached = await world.cached(row)
  const holds = ({ version, value }: Stored) =>
    value === UNKEPT || (version === row.now.version && isDeepStrictEqual(value, row.now.value))
  const old = cached && !holds(cached)
  if (old && row.excused !== row.now.version) {
    world.violations.push(`${JSON.stringify(cached)} is left of ${JSON.stringify(row.now)}`)
  }
  await world.remove(row, "", ":l", ":w")
  await warm(world, [row])
  if (!(await world.cached(row))) world.violations.push(`${row.key.key} cannot be cached any more`)
  await world.remove(row, "", ":l", ":w")
}

async function warm(world: World, rows: readonly Row[]): Promise<void> {
  const keys = rows.map((row) => row.key)
  const cache = world.openFreeProcess()
  await cache.readMany(keys, async () => {
    const loaded = new Loaded()
    for (const row of rows) loaded.set(row.key, row.now)
    return loaded
  })
  await cache.idle()
}

/** One interleaving. */
async function runOne(options: CheckOptions, seed: number): Promise<string[]> {
  const { redis, prefix, scripts = CACHE_SCRIPTS, hazards = ALL_HAZARDS } = options
  const random = createRandom(seed)
  const scheduler = createScheduler(random)
  const lossy = hazards.losses
  const habits = { ...GOOD_HABITS, ...options.habits }
  const keeps = redis.listeners !== undefined && random.chance(options.keeping ?? 0.3)
  const firstLevel = keeps ? (options.firstLevel ?? makeFirstLevel) : undefined
  const world = new World({
    redis,
    scripts,
    prefix: `${prefix}${seed}:`,
    lossy,
    firstLevel,
    habits,
    random,
    scheduler,
  })
  const rows: [Row, ...Row[]] = [new Row("a", random.chance(0.7), keeps)]
  if (random.chance(0.3)) rows.push(new Row("b", true, keeps))
  if (random.chance(0.5)) await warm(world, rows)
  await scheduler.runToEnd([Promise.all(startActors(world, rows, hazards)).then(() => world.idle())])
  for (const row of rows) await checkAtRest(world, row)
  world.close()
  return world.violations.map((text) => `seed ${seed}: ${text}; steps: ${scheduler.trace.join(", ")}`)
}

export interface CheckOptions {
  /** The real one or the simulated one. */
  redis: CacheRedis & Partial<SimulatedRedis>
  prefix: string
  /** How many interleavings. */
  runs: number
  /** The first one's seed; each next run takes the next. */
  seed?: number
  /** The protocol to be tried. */
  scripts?: CacheScripts
  hazards?: Hazards
  /** In how many of the runs processes have a first level, which only the simulated Redis can tell: from 0 to 1. */
  keeping?: number
  /** The first level to be tried. */
  firstLevel?: MakeFirstLevel
  /** What those around the cache do otherwise than they should. */
  habits?: Partial<Habits>
  /** Stops after so many runs that went wrong. */
  most?: number
}

/** Interleavings that are under way at the same time, each on keys of its own. */
const LANES = 24

/**
 * Tries random interleavings of readers, writers, renewals, crashes and losses.
 *
 * @returns the runs that went wrong, with their steps: none when the protocol is right
 */
export async function check(options: CheckOptions): Promise<string[]> {
  const { runs, seed = 1, most = 1 } = options
  const wrong: string[] = []
  let next = seed
  const lane = async () => {
    while (next < seed + runs && wrong.length < most) {
      const [violation] = await runOne(options, next++)
      if (violation) wrong.push(violation)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return wrong
}
