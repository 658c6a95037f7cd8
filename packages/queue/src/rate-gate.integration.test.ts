import { createLogger } from "@tintype/observe"
import { expect } from "vitest"
import { createRateGate } from "./rate-gate.ts"
import { openPromptRedis, queueKeys } from "./redis.ts"
import { effectJob, ratedJob } from "./testing/jobs.ts"
import { test } from "./testing/world.ts"

test("every job gets a moment of its own and keeps it when it asks again", async ({ redis }) => {
  const connection = openPromptRedis(redis.queueUrl, createLogger("test", "fatal"))
  await expect.poll(() => connection.status).toBe("ready")
  const gate = createRateGate(connection, queueKeys(redis.prefix))
  const slow = { ...ratedJob, rate: { most: 1, perMs: 60_000 } }
  expect(await gate(slow, "a")).toBe(0)
  const [b, c] = [await gate(slow, "b"), await gate(slow, "c")]
  expect(b).toBeGreaterThan(50_000)
  expect(c - b).toBeGreaterThan(50_000)
  expect(await gate(slow, "b")).toBeLessThanOrEqual(b)
  expect(await gate(slow, "d")).toBeGreaterThan(c)
  expect(await gate(effectJob, "e")).toBe(0)
  connection.disconnect()
})
