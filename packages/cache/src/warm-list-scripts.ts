import { script } from "./scripts.ts"

/**
 * How long it is remembered how new the newest entry is: a release that knows nothing of that may be at work in between
 * (after a step back), and should not be so for longer.
 */
const NEWEST_MS = 3600_000

/*
 * One key a list, and nothing beside it, so that a push to hundreds of them is one step. The last element is the
 * seal: `!` and the stamp, and `+` if it is complete; `!?` and the token of whoever builds it. So a list never exists
 * without knowing what it is, and loses both at once; and the seal is older than every entry.
 * Bytes are compared one by one: `<` would follow the server's locale.
 */
const NEWER = `
local function newer(one, other)
  for i = 1, #one do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then return a > (b or 0) end
  end
  return false
end
`

/*
 * Beside the lists of a kind stands what none of them goes beyond: the newest entry that any was ever given, a space, and
 * by which spread. An empty name: by none so far, it was only given to lists that no spread of it reaches. `!`: some list
 * may hold it already. Nothing at all: it was lost, nobody knows what the lists hold.
 */
const RAISE = `
local function raise(key, entry, by)
  redis.call('SET', key, entry .. ' ' .. by, 'PX', ${NEWEST_MS})
end
`

/** ARGV: the number of entries. Answers like LRANGE of a list that ends after them. */
export const readNewest = script(`
local elements = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)
local beyond = redis.call('LLEN', KEYS[1]) - #elements
if beyond > 0 then
  local seal = redis.call('LINDEX', KEYS[1], -1)
  if beyond > 1 then seal = string.gsub(seal, '%+$', '') end
  elements[#elements + 1] = seal
end
return elements
`)

/** ARGV: the seal of a list that is being built, its life in ms. */
export const startFill = script(`
local seal = redis.call('LINDEX', KEYS[1], -1)
if seal and string.sub(seal, 1, 2) == '!?' then return 0 end
redis.call('DEL', KEYS[1])
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`)

/**
 * KEYS: the list, the newest entry. ARGV: the seal that startFill set, life in ms, most entries, then the elements, the seal last. What was pushed in
 * between goes to its place among them, as `push` would put it there. They may be of what is yet to be pushed.
 */
export const fill = script(`${NEWER}${RAISE}
if redis.call('LINDEX', KEYS[1], -1) ~= ARGV[1] then return 0 end
local pushed = redis.call('LRANGE', KEYS[1], 0, -2)
redis.call('DEL', KEYS[1])
local seal = ARGV[#ARGV]
local complete = string.find(seal, '%+$')
local elements, at, most = {}, 1, tonumber(ARGV[3])
for i = 4, #ARGV do
  local last = i == #ARGV
  while pushed[at] and (newer(pushed[at], ARGV[i]) and (not last or complete)) do
    elements[#elements + 1] = pushed[at]
    at = at + 1
  end
  if pushed[at] == ARGV[i] then at = at + 1 end
  if not last then elements[#elements + 1] = ARGV[i] end
end
if #elements > most then seal = string.gsub(seal, '%+$', '') end
local count = math.min(#elements, most)
for i = 1, count, 1000 do redis.call('RPUSH', KEYS[1], unpack(elements, i, math.min(i + 999, count))) end
redis.call('RPUSH', KEYS[1], seal)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local newest = string.match(redis.call('GET', KEYS[2]) or '', '^%S+')
if newest and #ARGV > 4 and not newer(newest, ARGV[4]) then raise(KEYS[2], ARGV[4], '!') end
return 1
`)

/**
 * KEYS: the newest entry. ARGV: the entry, the name of its spread (empty: to lists that no spread of it reaches; `!`: to
 * any), what all entries of now are less than, most entries, how many more there may be until they are cut off together,
 * the length of a list's key, and the keys one after the other: as one argument they cost this process half of what as
 * many would.
 *
 * An entry beyond the newest one is in no list, and nothing is newer in any: it is put before whatever there is, one
 * command a list. So are further parts of the same spread, as no list is in two of them, but not those of another one:
 * of a job that runs again. What may not be so goes to its place; behind the end of a list that is not complete it
 * has none, as others may lie in between. What is cut off at the end makes the list incomplete; one that is being
 * built and does not know its end yet goes.
 */
export const push = script(`${NEWER}${RAISE}
local call, sub = redis.call, string.sub
local entry, by, most = ARGV[1], ARGV[2], tonumber(ARGV[4])
local longest = most + tonumber(ARGV[5]) + 1
local function isNewest()
  local newest, last = string.match(call('GET', KEYS[1]) or '', '^(%S+) (.*)$')
  if not newest then
    raise(KEYS[1], ARGV[3], '!')
    return false
  end
  if newest == entry and last ~= '' then
    if last == by then return by ~= '!' end
    -- Two at once: neither knows where the other has been.
    if by ~= '' then raise(KEYS[1], entry, '!') end
    return false
  end
  if newest ~= entry and not newer(entry, newest) then return false end
  raise(KEYS[1], entry, by)
  return by ~= '' and by ~= '!'
end
local function cut(key)
  local seal = call('RPOP', key)
  if string.find(seal, '^!%?') then return call('DEL', key) end
  call('LTRIM', key, 0, most - 1)
  call('RPUSH', key, (string.gsub(seal, '%+$', '')))
end
local function placeBefore(key)
  for from = 0, longest, 32 do
    local elements = call('LRANGE', key, from, from + 31)
    for i = 1, #elements do
      local after = elements[i]
      if after == entry then return 0 end
      if newer(entry, after) then
        if string.byte(after) == 33 and not string.find(after, '^!%?') and not string.find(after, '%+$') then return 0 end
        return call('LINSERT', key, 'BEFORE', after, entry)
      end
    end
  end
  return 0
end
local known, older
local function place(key)
  -- Redis would print a number, which takes longer than to find what it asks for.
  local head = call('LINDEX', key, '0')
  if not head or head == entry then return 0 end
  if head ~= known then known, older = head, string.byte(head) ~= 33 and newer(entry, head) end
  return older and call('LPUSH', key, entry) or placeBefore(key)
end
local blindly = isNewest()
local keys, length = ARGV[7], tonumber(ARGV[6])
for i = 1, #keys, length do
  local key = sub(keys, i, i + length - 1)
  if (blindly and call('LPUSHX', key, entry) or place(key)) > longest then cut(key) end
end
`)
