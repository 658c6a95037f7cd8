import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Redis } from "ioredis"
import postgres from "postgres"
import { test as base, inject } from "vitest"
import "./provided.ts"

export interface TestDatabase {
  name: string
  /** Through PgBouncer, as the product connects. */
  url: string
  /** Straight to Postgres. */
  directUrl: string
}

export interface TestRedis {
  queueUrl: string
  cacheUrl: string
  /** Begins every key of this file; they are deleted afterwards. */
  prefix: string
}

async function forget(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url)
  for await (const keys of redis.scanStream({ match: `*${prefix}*`, count: 1000 })) {
    if (Array.isArray(keys) && keys.length > 0) await redis.del(...keys)
  }
  redis.disconnect()
}

/** Vitest's `test` with real stores: a clone of the migrated database, Redis and a blob folder for each file. */
export const test = base
  .extend("database", { scope: "file" }, async ({}, { onCleanup }): Promise<TestDatabase> => {
    const name = `test_${randomBytes(6).toString("hex")}`
    const server = `postgres://tintype@127.0.0.1:${inject("postgresPort")}`
    const sql = postgres(`${server}/postgres`, { max: 1, onnotice: () => {} })
    await sql.unsafe(`create database ${name} template ${inject("templateDatabase")}`)
    onCleanup(async () => {
      await sql.unsafe(`drop database if exists ${name} with (force)`)
      await sql.end()
    })
    return {
      name,
      url: `postgres://tintype@127.0.0.1:${inject("pgbouncerPort")}/${name}`,
      directUrl: `${server}/${name}`,
    }
  })
  .extend("redis", { scope: "file" }, async ({}, { onCleanup }): Promise<TestRedis> => {
    const redis = {
      queueUrl: inject("redisQueueUrl"),
      cacheUrl: inject("redisCacheUrl"),
      prefix: `t${randomBytes(6).toString("hex")}`,
    }
    onCleanup(async () => {
      await forget(redis.queueUrl, redis.prefix)
      await forget(redis.cacheUrl, redis.prefix)
    })
    return redis
  })
  .extend("blobDir", { scope: "file" }, async ({}, { onCleanup }): Promise<string> => {
    const dir = mkdtempSync(join(tmpdir(), "tintype-blobs-"))
    onCleanup(() => rmSync(dir, { recursive: true, force: true }))
    return dir
  })
