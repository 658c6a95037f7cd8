import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { posts } from "@tintype/db"
import { deleteAccount } from "@tintype/domain/farewell"
import { bookmarkPost, favouritePost } from "@tintype/domain/posts"
import { followAccount } from "@tintype/domain/relationships"
import { aMember, manyPosts, test } from "@tintype/domain/testing"
import { eq } from "drizzle-orm"
import { expect, onTestFinished } from "vitest"
import { aSignedUpMember, PASSWORD, rowOf } from "./testing/full-life.ts"
import { filesOf, rowsNaming } from "./testing/leftovers.ts"

const PROGRAM = fileURLToPath(new URL("./testing/erasing-process.ts", import.meta.url))

test("an erasure whose workers are killed in the middle goes on where it was and leaves nothing", async ({
  domain: { ctx },
  database,
  redis,
  blobDir,
}) => {
  const [leaver, friend] = [await aSignedUpMember(ctx), await aMember(ctx)]
  const admin = await aSignedUpMember(ctx)
  await ctx.db.execute("update accounts set role = 'admin'")
  const own = await manyPosts(ctx, leaver, 1_300)
  for (const id of await manyPosts(ctx, friend, 30)) {
    await favouritePost(ctx, leaver, id)
    await bookmarkPost(ctx, leaver, id)
  }
  for (const one of [friend, admin]) {
    await followAccount(ctx, leaver, one.accountId)
    await followAccount(ctx, one, leaver.accountId)
  }
  await deleteAccount(ctx, leaver, { password: PASSWORD, address: "127.0.0.1" })
  const stores = {
    databaseUrl: database.url,
    databasePoolSize: 5,
    redisQueueUrl: redis.queueUrl,
    redisCacheUrl: redis.cacheUrl,
    redisPrefix: redis.prefix,
    blobDir,
  }
  const world = JSON.stringify({ stores, settings: ctx.settings })
  const start = (statements: number) => {
    const child = spawn(process.execPath, [PROGRAM, world, String(statements)], { stdio: "inherit" })
    onTestFinished(() => void child.kill("SIGKILL"))
    return child
  }
  const countPosts = () => ctx.db.$count(posts, eq(posts.ownerId, leaver.accountId))
  const left: number[] = []
  for (const statements of [40, 90, 90]) {
    await once(start(statements), "exit")
    left.push(await countPosts())
  }
  // Each got something done that the next one did not have to do again.
  expect(left.at(-1)).toBeLessThan(own.length)
  start(0)
  await expect
    .poll(async () => (await rowOf(ctx, leaver)).erasedAt !== null, { timeout: 80_000, interval: 200 })
    .toBe(true)
  const found = await rowsNaming(ctx, [leaver.accountId, ...own])
  expect(Object.entries(found).filter(([, count]) => count > 0)).toEqual([])
  expect(await filesOf(blobDir, leaver.accountId)).toEqual([])
  expect(await rowOf(ctx, friend)).toMatchObject({ followingCount: 0 })
}, 120_000)
