import { expect, test } from "vitest"
import { TailLatency } from "./tail-latency.ts"

test("it comes to rest near the 95th percentile, from below and from above", () => {
  for (const scale of [0.1, 10]) {
    const latency = new TailLatency()
    // A fixed sequence that visits 1 to 100 in mixed order.
    for (let n = 0; n < 20_000; n++) latency.note(((n * 37) % 100) * scale)

    expect(latency.value / scale).toBeGreaterThan(85)
    expect(latency.value / scale).toBeLessThan(100)
  }
})
