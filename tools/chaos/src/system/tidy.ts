import { openContext, type Settings } from "@tintype/domain"
import { sweepOrphans } from "@tintype/domain/media"
import { createLogger } from "@tintype/observe"
import type { ChaosSystem } from "./chaos-system.ts"

const SETTINGS: Settings = {
  publicUrl: "",
  signingSecret: "0".repeat(32),
  uploadMaxBytes: 1,
  pushedFollowers: 10_000,
  title: "",
  description: "",
  contactEmail: "",
  registrationsOpen: false,
  passwordGrant: false,
}

/** Does at once what the product's schedules do with what is older than a day. @returns how much they removed */
export async function tidy({ system }: ChaosSystem): Promise<Record<string, number>> {
  const stores = {
    databaseUrl: system.stores.DATABASE_URL,
    databasePoolSize: 2,
    redisQueueUrl: system.stores.REDIS_QUEUE_URL,
    redisCacheUrl: system.stores.REDIS_CACHE_URL,
    blobDir: system.blobDir,
  }
  const { ctx, close } = openContext(stores, SETTINGS, createLogger("chaos", "silent"))
  try {
    return {
      "temporary files": await ctx.blobs.sweepTemporary(0),
      "originals and renditions": await sweepOrphans(ctx, new AbortController().signal, 0),
    }
  } finally {
    await close()
  }
}
