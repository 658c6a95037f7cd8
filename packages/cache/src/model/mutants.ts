import { CACHE_SCRIPTS, type CacheScripts, type Script, script } from "../scripts.ts"

const nothing = () => script("return 'nothing'")
const alwaysGranted = script(`
local value = redis.call('GET', KEYS[1])
if value then return value end
return 'granted'
`)
const fillBlindly = script("redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])")
const ifNewer = (version: string, value: string, life: string) =>
  script(`
local present = redis.call('GET', KEYS[1])
if not present or tonumber(string.match(present, '^%d+')) < tonumber(${version}) then
  redis.call('SET', KEYS[1], ${value}, 'PX', ${life})
end
`)

/** The script with one piece of it replaced. @throws when the piece is not there, so that no mutant goes stale */
function without({ source }: Script, piece: string, instead = ""): Script {
  if (!source.includes(piece)) throw new Error(`not in the script: ${piece}`)
  return script(source.replace(piece, instead))
}

const plain: CacheScripts = {
  lease: alwaysGranted,
  fill: fillBlindly,
  release: nothing(),
  begin: nothing(),
  publish: script("redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])"),
  abandon: nothing(),
}

const { lease, fill, begin, publish } = CACHE_SCRIPTS

/** Ways of caching that look right. Each must be caught, or the model is blind. */
export const MUTANTS: Record<string, CacheScripts> = {
  "set on write, set on miss": plain,
  "delete on write (cache aside)": { ...plain, publish: script("redis.call('DEL', KEYS[1])") },
  "version guard alone": {
    ...plain,
    fill: ifNewer("string.match(ARGV[2], '^%d+')", "ARGV[2]", "ARGV[3]"),
    publish: ifNewer("ARGV[2]", "ARGV[3]", "ARGV[4]"),
  },
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
    lease: without(lease, "if others() then return 'marked' end"),
  },
  "fill without its lease": {
    ...CACHE_SCRIPTS,
    fill: without(fill, "if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end"),
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
