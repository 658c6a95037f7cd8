import { expect, test } from "vitest"
import { measureIdle } from "./gateway-idle/measure-idle.ts"

/** 300 MB for 10,000: twice what was measured. */
const MOST_KIB_EACH = (300 * 1e6) / 10_000 / 1024

test("connections that are idle cost the gateway little, and are of use afterwards", {
  timeout: 120_000,
}, async () => {
  const report = await measureIdle({ protocol: "HTTP/1.1", connections: 2_000, before: 500 })

  expect(report["still open"]).toBe(2_500)
  expect(report["KiB each"]).toBeLessThan(MOST_KIB_EACH)
})
