import type { ToldCounters } from "@tintype/cache"
import type { CacheStatus } from "@tintype/contract"
import type { Context } from "../context.ts"

function present({
  service,
  host,
  pid,
  sinceMs,
  inUse,
  firstLevelBytes,
  counters,
}: ToldCounters): CacheStatus["processes"][number] {
  return {
    service,
    host,
    pid,
    since: new Date(sinceMs).toISOString(),
    in_use: inUse,
    first_level_bytes: firstLevelBytes,
    hits: counters.hits,
    first_level_hits: counters.firstLevelHits,
    absent_hits: counters.absentHits,
    stale_serves: counters.staleServes,
    misses: counters.misses,
    loaded_keys: counters.loadedKeys,
    fills: counters.fills,
    refused_fills: counters.refusedFills,
    renewals: counters.renewals,
    lease_waits: counters.leaseWaits,
    publishes: counters.publishes,
    refused_publishes: counters.refusedPublishes,
    compared: counters.compared,
    found_stale: counters.foundStale,
    too_large: counters.tooLarge,
    characters_read: counters.charactersRead,
    characters_written: counters.charactersWritten,
  }
}

const nameOf = ({ service, host, pid }: ToldCounters) => `${service} ${host} ${pid}`

/**
 * What the caches of all processes did, this one's alone while their Redis is away. For admins: the route lets nobody
 * else in.
 */
export async function getCacheStatus({ counterBoard }: Context): Promise<CacheStatus> {
  const [told, bytes] = await Promise.all([counterBoard.tell("api"), counterBoard.readBytes()])
  return {
    store: bytes && { used_bytes: bytes.used, most_bytes: bytes.most },
    processes: told.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).map(present),
  }
}
