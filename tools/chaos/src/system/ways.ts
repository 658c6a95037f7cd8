import { type FaultProxy, openFaultProxy, type StoreUrls, type TierName } from "@tintype/dev"
import type { Way } from "../faults/catalogue.ts"

const STORES = [
  ["DATABASE_URL", "pgbouncer"],
  ["REDIS_QUEUE_URL", "redis-queue"],
  ["REDIS_CACHE_URL", "redis-cache"],
] as const

/** The proxies between tiers and stores. */
export interface Ways {
  /** Opens those of a tier. */
  of(tier: TierName, stores: StoreUrls): Promise<StoreUrls>
  proxy(way: Way): FaultProxy
  close(): Promise<void>
}

export function openWays(): Ways {
  const proxies = new Map<string, FaultProxy>()
  return {
    async of(tier, stores) {
      const urls = { ...stores }
      for (const [name, store] of STORES) {
        const url = new URL(stores[name])
        const proxy = await openFaultProxy(Number(url.port))
        proxies.set(`${tier}>${store}`, proxy)
        url.port = String(proxy.port)
        urls[name] = url.href
      }
      return urls
    },
    proxy(way) {
      const proxy = proxies.get(way)
      if (!proxy) throw new Error(`no proxy stands between ${way}`)
      return proxy
    },
    async close() {
      for (const proxy of proxies.values()) await proxy.close()
    },
  }
}
