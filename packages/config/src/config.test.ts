import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import {
  loadApiConfig,
  loadCliConfig,
  loadGatewayConfig,
  loadMigrateConfig,
  loadWorkerConfig,
} from "./config.ts"
import type { Env } from "./env.ts"

const GOOD = {
  BLOB_DIR: "/photos",
  SIGNING_SECRET: "s".repeat(32),
  DATABASE_URL: "postgres://a@localhost/b",
  DATABASE_DIRECT_URL: "postgres://a@localhost/b",
  REDIS_QUEUE_URL: "redis://localhost:1",
  REDIS_CACHE_URL: "redis://localhost:2",
}

const loadAll = (env: Env) =>
  [loadGatewayConfig, loadApiConfig, loadWorkerConfig, loadMigrateConfig, loadCliConfig].map((load) =>
    load(env),
  )

describe("configuration", () => {
  test(".env.example names exactly the variables that are read", () => {
    const read = new Set<string>()
    loadAll(
      new Proxy<Record<string, string>>(GOOD, {
        get: (target, name) => {
          read.add(String(name))
          return target[String(name)]
        },
      }),
    )
    const named = readFileSync(new URL("../../../.env.example", import.meta.url), "utf8").match(
      /^[A-Z_]+(?==)/gm,
    )
    expect([...read].filter((name) => !name.endsWith("_FILE")).sort()).toEqual(named?.sort())
  })

  test.for([
    ["PORT", "http", loadGatewayConfig],
    ["PORT", "70000", loadGatewayConfig],
    ["API_UPSTREAMS", "localhost", loadGatewayConfig],
    ["API_BALANCE", "fair", loadGatewayConfig],
    ["GATEWAY_DEBUG_SECRET", "too short", loadGatewayConfig],
    ["GATEWAY_PROCESSES", "none", loadGatewayConfig],
    ["TLS_CERTIFICATES", "mine.pem", loadGatewayConfig],
    ["HTTP_PORT", "80", loadGatewayConfig],
    ["ACME_DIR", "/challenges", loadGatewayConfig],
    ["RATE_LIMITS", "loud", loadGatewayConfig],
    ["RATE_LIMITS", "uploads=many", loadGatewayConfig],
    ["RATE_LIMITS", "uploads=0/30m", loadGatewayConfig],
    ["RATE_LIMITS", "token=2000/1s", loadGatewayConfig],
    ["PUBLIC_URL", "https://a.example/path", loadApiConfig],
    ["SIGNING_SECRET", "too short", loadApiConfig],
    ["REDIS_CACHE_URL", GOOD.REDIS_QUEUE_URL, loadApiConfig],
    ["DATABASE_URL", "mysql://a", loadWorkerConfig],
    ["LOG_LEVEL", "loud", loadWorkerConfig],
    ["WORKER_CLASSES", "media,paint", loadWorkerConfig],
    ["REGISTRATIONS_OPEN", "yes", loadApiConfig],
  ] as const)("a bad %s (%s) is told by its name, never its value", ([name, value, load]) => {
    expect(() => load({ ...GOOD, [name]: value })).toThrow(name)
    if (name !== "REDIS_CACHE_URL") expect(() => load({ ...GOOD, [name]: value })).not.toThrow(value)
  })

  test("a value may lie in a file", () => {
    const env = {
      ...GOOD,
      LOG_LEVEL_FILE: "/dev/null",
      SIGNING_SECRET: undefined,
      SIGNING_SECRET_FILE: "/proc/self/cmdline",
    }
    expect(loadApiConfig(env).logLevel).toBe("info")
    expect(() => loadApiConfig({ ...env, SIGNING_SECRET: "s".repeat(32) })).toThrow("SIGNING_SECRET_FILE")
    expect(() => loadApiConfig({ ...GOOD, LOG_LEVEL_FILE: "/nowhere" })).toThrow("LOG_LEVEL_FILE")
  })
})
