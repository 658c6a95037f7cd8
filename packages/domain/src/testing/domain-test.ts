import { createLogger } from "@tintype/observe"
import { test as base } from "@tintype/testkit"
import type { Context, Settings } from "../context.ts"
import { openContext } from "../open-context.ts"

export const SETTINGS: Settings = {
  publicUrl: "https://photos.example",
  signingSecret: "of the tests, and of no instance at all",
  uploadMaxBytes: 1024 * 1024,
  pushedFollowers: 10_000,
  title: "",
  description: "",
  contactEmail: "",
  registrationsOpen: true,
  passwordGrant: false,
}

/** Operations over real stores, with a count of what goes over the wire. */
export interface Domain {
  ctx: Context
  /** Of all that was done since the count began. */
  trips: { cache: number; statements: number }
}

/** A test of operations, one set of stores a file. No worker runs: a test calls what a job would. */
export const test = base.extend(
  "domain",
  { scope: "file" },
  async ({ database, redis, blobDir }, { onCleanup }): Promise<Domain> => {
    const trips = { cache: 0, statements: 0 }
    const stores = {
      databaseUrl: database.url,
      databasePoolSize: 10,
      redisQueueUrl: redis.queueUrl,
      redisCacheUrl: redis.cacheUrl,
      redisPrefix: redis.prefix,
      blobDir,
    }
    const { ctx, close } = openContext(stores, SETTINGS, createLogger("domain", "silent"), {
      onCacheRoundTrip: () => void trips.cache++,
      onStatement: () => void trips.statements++,
    })
    onCleanup(close)
    return { ctx, trips }
  },
)
