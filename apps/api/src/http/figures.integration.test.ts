import { registerStores } from "@tintype/domain/instance"
import { createMetrics, type Metrics } from "@tintype/observe"
import { expect, onTestFinished } from "vitest"
import { buildApi } from "../build-api.ts"
import { Health } from "../instance/health.ts"
import { test } from "../testing/api-test.ts"

test("answers are counted by the route's pattern, and the stores told of", async ({
  api: { ctx, streams },
}) => {
  const metrics = createMetrics()
  const app = await buildApi(ctx, new Health({}), streams, metrics)
  onTestFinished(() => app.close())
  registerStores(metrics, ctx)
  for (const path of ["/api/v2/instance", "/api/v1/accounts/1", "/api/v1/accounts/2", "/canary"]) {
    await app.inject(path)
  }

  const found = await samplesOf(metrics)

  expect(found.get("tintype_api_requests_total GET /api/v2/instance 2xx")).toBe(1)
  expect(found.get("tintype_api_requests_total GET /api/v1/accounts/:id 4xx")).toBe(2)
  expect(found.get("tintype_api_requests_total unknown 4xx")).toBe(1)
  expect(found.get("tintype_api_request_seconds_count GET /api/v1/accounts/:id")).toBe(2)
  expect(found.get("tintype_api_requests_in_flight")).toBe(0)
  expect([...found.keys()].join()).not.toContain("canary")
  expect(found.get("tintype_cache_events_total misses")).toBeGreaterThanOrEqual(1)
  expect(found.get("tintype_cache_first_level_bytes")).toBeGreaterThanOrEqual(0)
  // The stores of the tests are slow at times, and tell so.
  await expect
    .poll(async () => [...(await samplesOf(metrics)).keys()], { timeout: 10_000 })
    .toEqual(
      expect.arrayContaining(
        ["database", "queue", "cache"].map((each) => `tintype_store_answer_seconds ${each}`),
      ),
    )
  await expect
    .poll(async () => (await samplesOf(metrics)).get("tintype_cache_in_use"), { timeout: 10_000 })
    .toBe(1)
})

async function samplesOf(metrics: Metrics) {
  const samples = (await metrics.families()).flatMap((each) => each.samples)
  return new Map(
    samples.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(" "), value]),
  )
}
