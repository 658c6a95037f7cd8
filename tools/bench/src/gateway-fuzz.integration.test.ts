import { expect, test } from "vitest"
import { fuzzGateway } from "./gateway-fuzz/fuzz.ts"

test("requests with random faults are refused or reach the api as one request; nothing hangs, fails or ends", {
  timeout: 120_000,
}, async () => {
  const report = await fuzzGateway({ seed: 20, requests: 2_000, together: 16 })

  expect(report.faults).toEqual([])
  expect(report.sent).toBe(2_000)
  expect(report.passed).toBeGreaterThan(200)
  expect(report.refused).toBeGreaterThan(500)
})
