import type { CacheRedis } from "../cache-redis.ts"
import { CACHE_SCRIPTS, type CacheScripts } from "../scripts.ts"

/** For one value each, and for many at one moment. */
const SINGLE = ["renew", "begin", "publish", "abandon", "forget"] as const
const BATCHED = ["lease", "fill", "release"] as const
/** The arguments of `fill` for each value, after the token. */
const PUT_ARGUMENTS = 4

type Listener = (key: string) => void

export interface SimulatedRedis extends CacheRedis {
  /** By the prefix of the keys: told of those that change, as client tracking would tell. */
  readonly listeners: Map<string, Listener>
}

const prefixOf = (key: string) => key.slice(0, key.indexOf("{"))

type Reply = string | number | null
type Keys = readonly [value: string, lease: string, marks: string]

/** Tells of each key that is set or goes. */
class ToldMap<Value> extends Map<string, Value> {
  readonly #tell: Listener

  constructor(tell: Listener) {
    super()
    this.#tell = tell
  }

  override set(key: string, value: Value): this {
    this.#tell(key)
    return super.set(key, value)
  }

  override delete(key: string): boolean {
    const had = super.delete(key)
    if (had) this.#tell(key)
    return had
  }
}

/** What Redis holds, and the scripts of the protocol said again in TypeScript. */
class Store {
  readonly texts: Map<string, string>
  readonly hashes: Map<string, Map<string, string>>

  constructor(changed: Listener) {
    this.texts = new ToldMap(changed)
    this.hashes = new ToldMap(changed)
  }

  /** Drops marks whose deadline is over; tells whether others than the caller's are left. */
  #others(marks: string, token: string): boolean {
    const hash = this.hashes.get(marks)
    let left = false
    for (const [field, deadline] of hash ?? []) {
      if (field === "floor" || field === token) continue
      if (Number(deadline) > Date.now()) left = true
      else hash?.delete(field)
    }
    if (hash?.size === 0) this.hashes.delete(marks)
    return left
  }

  /** Redis drops a hash with its last field. */
  #unmark(marks: string, field: string): void {
    const hash = this.hashes.get(marks)
    hash?.delete(field)
    if (hash?.size === 0) this.hashes.delete(marks)
  }

  #set(marks: string, field: string, value: string): void {
    const hash = this.hashes.get(marks) ?? new Map<string, string>()
    this.hashes.set(marks, hash.set(field, value))
  }

  #put(value: string, [, version, payload, , soft]: readonly string[]): number {
    this.texts.set(value, `${version}:${soft === "0" ? 0 : Date.now() + Number(soft)}:${payload}`)
    return 1
  }

  readonly steps: Record<keyof CacheScripts, (keys: Keys, argv: readonly string[]) => Reply> = {
    lease: ([value, lease, marks], [token = ""]) => {
      const present = this.texts.get(value)
      if (present !== undefined) return present
      if (this.#others(marks, token)) return "marked"
      if (this.texts.has(lease)) return "held"
      this.texts.set(lease, token)
      return "granted"
    },
    renew: ([value, lease], [token = "", , early]) => {
      const due = Number(/^\d+:(\d+):/.exec(this.texts.get(value) ?? "")?.[1] ?? 0)
      if (due === 0 || due - Number(early) > Date.now() || this.texts.has(lease)) return 0
      this.texts.set(lease, token)
      return 1
    },
    fill: ([value, lease], argv) => {
      if (this.texts.get(lease) !== argv[0]) return 0
      this.texts.delete(lease)
      return this.#put(value, argv)
    },
    release: ([, lease], [token]) => {
      if (this.texts.get(lease) === token) this.texts.delete(lease)
      return null
    },
    begin: ([value, lease, marks], [token = "", life]) => {
      this.texts.delete(value)
      this.texts.delete(lease)
      this.#others(marks, token)
      this.#set(marks, token, String(Date.now() + Number(life)))
      return null
    },
    publish: ([value, lease, marks], argv) => {
      const [token = "", version = "0"] = argv
      const hash = this.hashes.get(marks)
      const mine = argv[5] === "1" && Number(hash?.get(token) ?? 0) > Date.now()
      const overtaken = Number(hash?.get("floor") ?? 0) > Number(version)
      this.#unmark(marks, token)
      this.texts.delete(lease)
      const alone = !this.#others(marks, token)
      if (alone) this.hashes.delete(marks)
      else if (!overtaken) this.#set(marks, "floor", version)
      const present = this.texts.get(value)
      const installs =
        present === undefined
          ? mine && alone && !overtaken
          : Number(/^\d+/.exec(present)?.[0]) < Number(version)
      return (mine ? 2 : 0) + (installs ? this.#put(value, argv) : 0)
    },
    abandon: ([, , marks], [token = ""]) => {
      this.#unmark(marks, token)
      if (!this.#others(marks, token)) this.hashes.delete(marks)
      return null
    },
    forget: ([value, lease, marks]) => {
      this.texts.delete(value)
      this.texts.delete(lease)
      if (this.hashes.has(marks)) this.#set(marks, "floor", String(Number.MAX_SAFE_INTEGER))
      return null
    },
  }

  each(name: (typeof BATCHED)[number], values: readonly string[], [token = "", ...rest]: readonly string[]) {
    const replies = values.map((value, index) => {
      const of = name === "fill" ? rest.slice(index * PUT_ARGUMENTS, (index + 1) * PUT_ARGUMENTS) : rest
      return this.steps[name]([value, `${value}:l`, `${value}:w`], [token, ...of])
    })
    return name === "release" ? null : replies
  }

  readonly commands: Record<string, (args: readonly string[]) => unknown> = {
    get: ([key = ""]) => this.texts.get(key) ?? null,
    mget: (keys) => keys.map((key) => this.texts.get(key) ?? null),
    del: (keys) =>
      keys.filter((key) => [this.texts.delete(key), this.hashes.delete(key)].some(Boolean)).length,
    hset: ([key = "", field = "", value = ""]) => this.#set(key, field, value),
    hdel: ([key = "", field = ""]) => this.#unmark(key, field),
    hgetall: ([key = ""]) => Object.fromEntries(this.hashes.get(key) ?? []),
  }
}

/**
 * A Redis in this process that knows what the protocol needs and nothing of lifetimes, so that many more
 * interleavings can be tried. `simulated-redis.integration.test.ts` holds it against the real one.
 */
export function simulateRedis(): SimulatedRedis {
  const listeners = new Map<string, Listener>()
  const store = new Store((key) => listeners.get(prefixOf(key))?.(key))
  return {
    listeners,
    trusted: true,
    async send(command, ...args) {
      const run = store.commands[command]
      if (!run) throw new Error(`not simulated: ${command}`)
      return run(args.map(String))
    },
    async run(script, keys, ...args) {
      const argv = args.map(String)
      const [value = "", lease = "", marks = ""] = keys
      for (const name of SINGLE) {
        if (CACHE_SCRIPTS[name] === script) return store.steps[name]([value, lease, marks], argv)
      }
      for (const name of BATCHED) {
        if (CACHE_SCRIPTS[name] === script) return store.each(name, keys, argv)
      }
      throw new Error("this script is not simulated")
    },
  }
}
