import type { System } from "@tintype/dev"
import { type OpenContext, openContext, type Settings, type StoreProbes } from "@tintype/domain"
import { createLogger } from "@tintype/observe"

/** The system's stores from within this process. */
export function openBenchContext(system: System, probes: StoreProbes = {}): OpenContext {
  const settings: Settings = {
    publicUrl: system.gatewayUrl,
    signingSecret: "0".repeat(32),
    uploadMaxBytes: 1,
    pushedFollowers: 10_000,
    title: "",
    description: "",
    contactEmail: "",
    registrationsOpen: false,
    passwordGrant: false,
  }
  const stores = {
    databaseUrl: system.stores.DATABASE_URL,
    databasePoolSize: 2,
    redisQueueUrl: system.stores.REDIS_QUEUE_URL,
    redisCacheUrl: system.stores.REDIS_CACHE_URL,
    blobDir: system.blobDir,
  }
  return openContext(stores, settings, createLogger("bench", "silent"), probes)
}
