import { script } from "./scripts.ts"

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
 * ARGV: the seal that startFill set, life in ms, most entries, then the elements, the seal last. What was pushed in
 * between goes to its place among them, as `push` would put it there.
 */
export const fill = script(`${NEWER}
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
return 1
`)

/**
 * ARGV: entry, most entries, how many more there may be until they are cut off together, the length of a list's key,
 * and the keys one after the other: as one argument they cost this process half of what as many would. Nearly
 * always the entry is the newest. One that comes late goes to its place; behind the end of a list that is not complete
 * it has none, as others may lie in between. What is cut off at the end makes the list incomplete; one that is being
 * built and does not know its end yet goes.
 */
export const push = script(`${NEWER}
local entry, most = ARGV[1], tonumber(ARGV[2])
local longest = most + tonumber(ARGV[3]) + 1
local function cut(key)
  local seal = redis.call('RPOP', key)
  if string.find(seal, '^!%?') then return redis.call('DEL', key) end
  redis.call('LTRIM', key, 0, most - 1)
  redis.call('RPUSH', key, (string.gsub(seal, '%+$', '')))
end
local function placeBefore(key)
  for from = 0, longest, 32 do
    local elements = redis.call('LRANGE', key, from, from + 31)
    for i = 1, #elements do
      local after = elements[i]
      if after == entry then return 0 end
      if newer(entry, after) then
        if string.byte(after) == 33 and not string.find(after, '^!%?') and not string.find(after, '%+$') then return 0 end
        return redis.call('LINSERT', key, 'BEFORE', after, entry)
      end
    end
  end
  return 0
end
local call, sub, known, older = redis.call, string.sub, nil, nil
local keys, length = ARGV[5], tonumber(ARGV[4])
for i = 1, #keys, length do
  local key = sub(keys, i, i + length - 1)
  -- Redis would print a number, which takes longer than to find what it asks for.
  local head = call('LINDEX', key, '0')
  if head and head ~= entry then
    if head ~= known then known, older = head, string.byte(head) ~= 33 and newer(entry, head) end
    if (older and call('LPUSH', key, entry) or placeBefore(key)) > longest then cut(key) end
  end
end
`)
