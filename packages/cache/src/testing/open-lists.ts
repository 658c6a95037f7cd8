import { createLogger } from "@tintype/observe"
import type { TestRedis } from "@tintype/testkit"
import { openCacheRedis } from "../cache-redis.ts"
import type { ListKeys } from "../warm-list-pushes.ts"
import { createWarmLists, type WarmLists, type WarmListsOptions } from "../warm-lists.ts"

const log = createLogger("test", "silent")

let opened = 0

/** Lists with a connection and names of their own. All entries are younger than they: pushes are sure at once. */
export function openLists(redis: TestRedis, options: Partial<WarmListsOptions> = {}) {
  const connection = openCacheRedis({ url: redis.cacheUrl, log, timeoutMs: 2000 })
  const prefix = `${redis.prefix}${++opened}:`
  const shared = { prefix, kind: "list.1", most: 100, ttlMs: 60_000, beyond: () => "$" }
  const lists = createWarmLists(connection, { ...shared, ...options })
  return {
    lists,
    connection,
    newestKey: `${prefix}{list.1}newest`,
    [Symbol.asyncDispose]: () => connection.close(),
  }
}

export async function build(lists: WarmLists, entries: string[], complete = true, stamp = "1", name = "x") {
  const token = await lists.startFill(name)
  if (!token) throw new Error("somebody else builds")
  await lists.fill(name, token, { stamp, complete, entries })
}

/** Of names of one length. */
export const keysOf = ({ keyFrame: { before, after } }: WarmLists, names: readonly string[]): ListKeys[] => {
  const text = names.map((name) => before + name + after).join("")
  return [{ text, length: text.length / names.length }]
}

export const entriesOf = async (lists: WarmLists, name = "x"): Promise<string[] | undefined> =>
  (await lists.read(name))?.entries
