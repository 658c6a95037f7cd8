import type { FirstLevel } from "../first-level.ts"
import { CACHE_SCRIPTS, type CacheScripts, type Script, script } from "../scripts.ts"
import type { Habits } from "./owed.ts"
import { type MakeFirstLevel, makeFirstLevel } from "./world.ts"

const nothing = () => script("return 'nothing'")
const alwaysGranted = script(`
local answers = redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS do answers[i] = answers[i] or 'granted' end
return answers
`)
const put = "redis.call('SET', KEYS[i], ARGV[4 * i - 2] .. ':0:' .. ARGV[4 * i - 1], 'PX', ARGV[4 * i])"
const putIfNewer = `
local present = redis.call('GET', KEYS[i])
if not present or tonumber(string.match(present, '^%d+')) < tonumber(ARGV[4 * i - 2]) then ${put} end
`
/** `publish` has one value, and names its lease and marks as well. */
const once = (what: string) => script(`local i = 1 ${what}`)
const forEach = (what: string) => script(`for i = 1, #KEYS do ${what} end`)

/** The script with one piece of it replaced. @throws when the piece is not there, so that no mutant goes stale */
function without({ source }: Script, piece: string, instead = ""): Script {
  if (!source.includes(piece)) throw new Error(`not in the script: ${piece}`)
  return script(source.replace(piece, instead))
}

const plain: CacheScripts = {
  lease: alwaysGranted,
  renew: script("return 0"),
  fill: forEach(put),
  release: nothing(),
  begin: nothing(),
  publish: once(put),
  abandon: nothing(),
  forget: nothing(),
}

const { lease, fill, begin, publish } = CACHE_SCRIPTS

/** Ways of caching that look right. Each must be caught, or the model is blind. */
export const MUTANTS: Record<string, CacheScripts> = {
  "set on write, set on miss": plain,
  "delete on write (cache aside)": { ...plain, publish: script("redis.call('DEL', KEYS[1])") },
  "version guard alone": { ...plain, fill: forEach(putIfNewer), publish: once(putIfNewer) },
  "lease and version, without writers' marks": { ...CACHE_SCRIPTS, begin: nothing() },
  "marks that leave the value in place": {
    ...CACHE_SCRIPTS,
    begin: without(begin, "redis.call('DEL', KEYS[1], KEYS[2])", "redis.call('DEL', KEYS[2])"),
  },
  "marks that leave the readers' lease": {
    ...CACHE_SCRIPTS,
    begin: without(begin, "redis.call('DEL', KEYS[1], KEYS[2])", "redis.call('DEL', KEYS[1])"),
  },
  "leases in spite of marks": {
    ...CACHE_SCRIPTS,
    lease: without(lease, "if marked and others(marks[i]) then answers[i] = 'marked'", "if false then"),
  },
  "fill without its lease": {
    ...CACHE_SCRIPTS,
    fill: without(fill, "if holders[i] == ARGV[1] then", "do"),
  },
  "fills of several by the lease of the first": {
    ...CACHE_SCRIPTS,
    fill: without(fill, "if holders[i] == ARGV[1] then", "if holders[1] == ARGV[1] then"),
  },
  "leases of several by the marks of the first": {
    ...CACHE_SCRIPTS,
    lease: without(lease, "if marked and others(marks[i]) then", "if marked and others(marks[1]) then"),
  },
  "publish without the floor": {
    ...CACHE_SCRIPTS,
    publish: without(publish, "mine and alone and not overtaken", "mine and alone"),
  },
  "publish beside other writers": {
    ...CACHE_SCRIPTS,
    publish: without(publish, "mine and alone and not overtaken", "mine and not overtaken"),
  },
  "publish without a mark of its own": {
    ...CACHE_SCRIPTS,
    publish: without(publish, "mine and alone and not overtaken", "alone and not overtaken"),
  },
  "publish that leaves the readers' lease": {
    ...CACHE_SCRIPTS,
    publish: without(publish, "redis.call('DEL', KEYS[2])"),
  },
  "publish that lowers a version": {
    ...CACHE_SCRIPTS,
    publish: without(
      publish,
      "install = tonumber(string.match(present, '^%d+')) < version",
      "install = true",
    ),
  },
  "publish that leaves an old value": {
    ...CACHE_SCRIPTS,
    publish: without(
      publish,
      "install = tonumber(string.match(present, '^%d+')) < version",
      "install = false",
    ),
  },
}

const mutated =
  (change: (level: FirstLevel, now: () => number) => Partial<FirstLevel>): MakeFirstLevel =>
  (now) => {
    const level = makeFirstLevel(now)
    return { ...level, ...change(level, now) }
  }

/** First levels that look right. */
export const FIRST_LEVELS: Record<string, MakeFirstLevel> = {
  "keeping what was fetched, whatever was heard meanwhile": mutated((level) => ({
    keep: (key, _ticket, stored) => level.keep(key, level.expect(key), stored),
  })),
  "going on after the line was lost": mutated(() => ({ flush: () => undefined })),
  "being sure for ever of having heard all": mutated((level) => ({
    heardUntil: () => level.heardUntil(Number.POSITIVE_INFINITY),
  })),
  "being sure as of the answer, not of the question": mutated((level, now) => ({
    heardUntil: () => level.heardUntil(now()),
  })),
  "not listening": mutated(() => ({ drop: () => undefined })),
}

/** Ways of going on without Redis that look right. */
export const BAD_HABITS: Record<string, Partial<Habits>> = {
  "writes that Redis misses, named nowhere": { records: false },
  "writes that Redis misses, acknowledged before all know": { waits: false },
  "knowledge of them that never goes out of date": { lapses: false },
  "writes acknowledged while others still answer by themselves": { outlasts: false },
}
