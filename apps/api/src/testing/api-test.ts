import { type Context, openContext, type Settings } from "@tintype/domain"
import { openStreams, type StreamHub } from "@tintype/domain/streams"
import { createLogger } from "@tintype/observe"
import { test as base } from "@tintype/testkit"
import type { FastifyInstance } from "fastify"
import { buildApi } from "../build-api.ts"
import { createServer } from "../http/create-server.ts"
import { Health } from "../instance/health.ts"

export interface Api {
  ctx: Context
  app: FastifyInstance
  streams: StreamHub
  /** The same stores behind other settings. */
  withSettings(change: Partial<Settings>): Promise<FastifyInstance>
  /** A server that has these routes alone, over the same stores. */
  withRoutes(register: (app: FastifyInstance, ctx: Context) => void): Promise<FastifyInstance>
}

const SETTINGS: Settings = {
  publicUrl: "http://localhost:8080",
  signingSecret: "of the tests, and of no instance at all",
  uploadMaxBytes: 1024 * 1024,
  pushedFollowers: 10_000,
  title: "Test instance",
  description: "",
  contactEmail: "",
  registrationsOpen: true,
  passwordGrant: false,
}

/** A test with the whole API over real stores, one set of them a file. */
export const test = base.extend(
  "api",
  { scope: "file" },
  async ({ database, redis, blobDir }, { onCleanup }): Promise<Api> => {
    const stores = {
      databaseUrl: database.url,
      databasePoolSize: 10,
      redisQueueUrl: redis.queueUrl,
      redisCacheUrl: redis.cacheUrl,
      redisPrefix: redis.prefix,
      blobDir,
    }
    const { ctx, close } = openContext(stores, SETTINGS, createLogger("api", "silent"))
    const streams = openStreams(ctx, stores)
    const apps: FastifyInstance[] = []
    onCleanup(async () => {
      await Promise.all(apps.map((each) => each.close()))
      await streams.close()
      await close()
    })
    const withSettings = async (change: Partial<Settings>) => {
      const app = await buildApi(
        { ...ctx, settings: { ...ctx.settings, ...change } },
        new Health({}),
        streams.hub,
      )
      apps.push(app)
      return app
    }
    const withRoutes: Api["withRoutes"] = async (register) => {
      const app = createServer(ctx.log)
      apps.push(app)
      register(app, ctx)
      await app.ready()
      return app
    }
    return { ctx, streams: streams.hub, app: await withSettings({}), withSettings, withRoutes }
  },
)
