import type { Audience } from "@tintype/cache/hear-purges"
import { HttpCache, type HttpCacheOptions } from "./http-cache.ts"

/** Listens to what the api purges; returns how to stop. */
export type HearPurges = (audience: Audience) => () => Promise<void>

/** A cache that follows the purges that are heard; without `hearPurges` what could be purged is not kept. */
export function openHttpCache(
  options: HttpCacheOptions,
  hearPurges: HearPurges | undefined,
): { cache: HttpCache; close(): Promise<void> } {
  const cache = new HttpCache(options)
  const stopHearing = hearPurges?.({
    onPurge: (purge) => cache.purge(purge),
    onHearing: () => cache.hear(true),
    onDeaf: () => cache.hear(false),
  })
  return {
    cache,
    async close() {
      cache.close()
      await stopHearing?.()
    },
  }
}
