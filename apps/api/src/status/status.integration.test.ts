import { expect } from "vitest"
import { test } from "../testing/api-test.ts"
import { aBrowser } from "../testing/client.ts"

test("an admin sees what the cache of each process did, anew each time", async ({ api: { app, ctx } }) => {
  // The first who signs up is the admin.
  const { headers } = await aBrowser(app)
  const ask = async () => {
    const answer = await app.inject({ url: "/api/tintype/v1/admin/cache", headers })
    expect(answer.statusCode).toBe(200)
    return answer.json()
  }

  const [first, second] = [await ask(), await ask()]

  expect(first.processes).toMatchObject([{ service: "api", pid: process.pid, in_use: expect.any(Boolean) }])
  const looks = ({ processes: [{ hits, misses }] }: typeof first) => hits + misses
  expect(looks(second)).toBeGreaterThan(looks(first))
  await expect
    .poll(async () => (await ask()).store, { timeout: 10_000 })
    .toMatchObject({
      used_bytes: expect.any(Number),
      most_bytes: expect.any(Number),
    })
  expect((await ask()).processes[0].found_stale).toBe(ctx.cache.counters.foundStale)
})
