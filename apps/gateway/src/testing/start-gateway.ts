import type { GatewayConfig } from "@tintype/config"
import { openBlobStore } from "@tintype/media/blob-store"
import { createLogger } from "@tintype/observe"
import { onTestFinished } from "vitest"
import { buildGateway, type GatewayParts } from "../build-gateway.ts"

export const SECRET = "a secret for tests that is long enough"

export interface TestGateway {
  origin: string
  port: number
}

/** Starts a gateway on a free port and stops it when the test ends. */
export async function startGateway(
  config: Partial<GatewayConfig> = {},
  parts: Partial<GatewayParts> = {},
): Promise<TestGateway> {
  const gateway = await buildGateway(
    {
      logLevel: "fatal",
      drainSeconds: 5,
      metrics: undefined,
      tracing: undefined,
      blobDir: "/nonexistent",
      signingSecret: SECRET,
      host: "127.0.0.1",
      port: 0,
      publicUrl: "http://localhost:8080",
      tls: undefined,
      hstsSeconds: 0,
      apiUpstreams: [],
      balance: "least-busy",
      hedgeReads: false,
      maxRequests: 1_000,
      debugSecret: undefined,
      processes: 1,
      reusePort: false,
      webDir: undefined,
      webDevUrl: undefined,
      trustedProxies: [],
      uploadMaxBytes: 4 * 1024 * 1024,
      accessLogShare: 1,
      httpCacheMaxBytes: 8 * 1024 * 1024,
      photoCacheMaxBytes: 8 * 1024 * 1024,
      rateLimits: undefined,
      rateLimitExempt: [],
      redisCacheUrl: undefined,
      ...config,
    },
    {
      log: createLogger("gateway", "fatal"),
      photos: openBlobStore({ dir: "/nonexistent" }),
      ...parts,
    },
  )
  const port = await gateway.listen()
  onTestFinished(() => gateway.drain(0))
  return { port, origin: `http://127.0.0.1:${port}` }
}
